#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "internal.hpp"

namespace masquerade {

using namespace detail;

namespace {

constexpr std::size_t alignment = 64;

[[noreturn]] void fail(const std::string& path) { throw std::system_error(errno, std::generic_category(), path); }

}  // namespace

void detail::append(std::string& out, const std::string& data, Checksum sum, int field) {
  std::string after;
  if (sum != Checksum::none) {
    const auto kind = sum == Checksum::crc32 ? v1::CHECKSUM_KIND_CRC32 : v1::CHECKSUM_KIND_CRC32C;
    after = {0x1a, 7, 0x08, static_cast<char>(kind), 0x15};
    put(after, checksum(kind, data));
  }
  std::string head;
  if (!data.empty()) {
    head.push_back(0x12);
    put_varint(head, data.size());
  }
  for (std::size_t zeros = 0;; zeros++) {
    const std::size_t padding = zeros == 0 ? 0 : 2 + zeros;
    std::string before(1, static_cast<char>(field << 3 | 2));
    put_varint(before, padding + head.size() + data.size() + after.size());
    if (zeros > 0) {
      before += {0x0a, static_cast<char>(zeros)};
      before.append(zeros, 0);
    }
    before += head;
    if (data.empty() || (out.size() + before.size()) % alignment == 0) {
      out += before;
      break;
    }
  }
  out += data;
  out += after;
}

/// Sets what a message says of its buffers, and adds these.
void File::Planes::prepare(v1::Array& one, MaskEncoding encoding, std::vector<std::shared_ptr<const std::string>>& buffers) const {
  const std::uint64_t size = elements(one.shape());
  const bool objects = of_objects(one.dtype());
  const std::size_t bytes = data ? data->size() : 0;
  if (!objects && times(size, one.dtype().itemsize()) != bytes) throw Error("a shape that is not that of " + std::to_string(bytes) + " bytes");
  one.set_data_buffer(0);
  one.clear_mask();
  if (!objects) {
    buffers.push_back(data);
    one.set_data_buffer(static_cast<std::uint32_t>(buffers.size()));
  }
  if (!mask) return;
  const std::uint64_t count = times(size, bools(one.dtype()));
  if (count != mask->size()) throw Error("a mask of " + std::to_string(mask->size()) + " bools where there are " + std::to_string(count));
  auto chosen = v1::MASK_ENCODING_PACKED;
  if (encoding == MaskEncoding::raw) chosen = v1::MASK_ENCODING_RAW;
  if (encoding == MaskEncoding::run_length && (objects || count <= bytes)) chosen = v1::MASK_ENCODING_RUN_LENGTH;
  buffers.push_back(std::make_shared<const std::string>(encode_mask(*mask, chosen)));
  one.set_masked(true);
  one.mutable_mask()->set_encoding(chosen);
  one.mutable_mask()->set_count(count);
  one.mutable_mask()->set_buffer(static_cast<std::uint32_t>(buffers.size()));
}

std::string File::to_bytes(Options options) const {
  v1::File message = message_;
  message.clear_buffers();
  message.set_magic(magic);
  message.set_version(version);
  std::vector<std::shared_ptr<const std::string>> buffers;
  Visitor visitor;
  visitor.array = [&](v1::Array& one) { planes_.at(one.data_buffer() - 1).prepare(one, options.mask, buffers); };
  walk(message, visitor);
  std::string out = serialized(message);
  check_wire(out, *v1::File::descriptor());  // how deep it is nested, and whether text is UTF-8
  std::size_t total = out.size();
  for (const auto& data : buffers) total += data->size() + 2 * alignment;
  if (total > most_bytes)
    throw Error("a message of " + std::to_string(total) + " bytes is more than " + std::to_string(most_bytes) + ", where protobuf libraries end");
  out.reserve(total);
  for (const auto& data : buffers) append(out, *data, options.checksum, 5);
  return out;
}

void File::save(const std::filesystem::path& path, Options options) const {
  const std::string raw = to_bytes(options);
  saved(path, [&](const auto& put) { put(raw); });
}

void detail::saved(const std::filesystem::path& path, const std::function<void(const std::function<void(std::string_view)>&)>& write) {
  const std::string temporary = path.string() + "." + std::to_string(::getpid()) + ".part";
  const int out = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (out < 0) fail(temporary);
  bool ok = true;
  const auto put = [&](std::string_view raw) {
    for (std::size_t at = 0; ok && at < raw.size();) {
      const ssize_t written = ::write(out, raw.data() + at, raw.size() - at);
      ok = written > 0 || (written < 0 && errno == EINTR);
      if (written > 0) at += static_cast<std::size_t>(written);
    }
  };
  try {
    write(put);
  } catch (...) {
    ::close(out);
    ::unlink(temporary.c_str());
    throw;
  }
  // A link fails where the name is taken; a rename would replace it.
  ok = ok && ::fsync(out) == 0 && ::link(temporary.c_str(), path.c_str()) == 0;
  const int why = errno;
  ::close(out);
  ::unlink(temporary.c_str());
  errno = why;
  if (!ok) fail(path.string());
}

}  // namespace masquerade
