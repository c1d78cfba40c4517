#include <zlib.h>

#include <algorithm>

#include "internal.hpp"

namespace masquerade {

using namespace detail;

namespace {

constexpr std::size_t most_block = 1 << 30;

std::string deflated(std::string_view raw) {
  uLongf length = compressBound(static_cast<uLong>(raw.size()));
  std::string out(length, 0);
  if (compress(reinterpret_cast<Bytef*>(out.data()), &length, reinterpret_cast<const Bytef*>(raw.data()), static_cast<uLong>(raw.size())) != Z_OK)
    throw std::bad_alloc();
  out.resize(length);
  return out;
}

}  // namespace

/// Writes one stream.
class BlockWriter {
 public:
  BlockWriter(const File& file, const std::function<void(std::string_view)>& to, BlockOptions options) : file_(file), to_(to), options_(options) {
    if (options.checksum != Checksum::none) kind_ = options.checksum == Checksum::crc32 ? v1::CHECKSUM_KIND_CRC32 : v1::CHECKSUM_KIND_CRC32C;
  }

  void write() {
    put_raw(stream_magic);
    v1::File message = file_.message_;
    const std::vector<v1::Array*> arrays = outline(message);
    if (arrays.empty() && !message.has_bundle()) throw Error("the file has no content");
    v1::Envelope envelope;
    // Their blocks have the objects; nothing else is to be found in them.
    std::vector<google::protobuf::RepeatedPtrField<v1::Value>> objects(arrays.size());
    for (std::size_t i = 0; i < arrays.size(); i++) {
      planned(i, *arrays[i], envelope);
      objects[i].Swap(arrays[i]->mutable_objects());
    }
    const std::vector<v1::Array> whole = [&] {
      std::vector<v1::Array> out;
      for (const v1::Array* one : arrays) out.push_back(*one);
      return out;
    }();
    send_envelope(envelope, message, arrays);
    for (std::size_t i = 0; i < whole.size(); i++) {
      v1::StreamMessage header;
      header.mutable_header()->set_array(static_cast<std::uint32_t>(i));
      header.mutable_header()->set_npy(write_npy(whole[i].dtype(), {whole[i].shape().begin(), whole[i].shape().end()}, whole[i].order() == v1::ORDER_F));
      send(header);
    }
    for (std::uint64_t index = 0; index < plan_.total; index++) {
      const Planned due = plan_.at(index);
      block(index, due, bytes(whole[due.array], objects[due.array], due));
    }
    finish();
  }

 private:
  void put_raw(std::string_view raw) {
    at_ += raw.size();
    to_(raw);
  }

  /// Writes a message and its checksum. Gives that, and where the message begins.
  std::pair<std::uint32_t, std::uint64_t> message(std::string raw) {
    std::uint32_t sum = 0;
    if (kind_ != v1::CHECKSUM_KIND_UNSPECIFIED) {
      sum = checksum(kind_, raw);
      raw.push_back(0x7d);
      put(raw, sum);
    }
    if (raw.size() > most_bytes) throw Error("a message of " + std::to_string(raw.size()) + " bytes; write smaller blocks");
    std::string head;
    put_varint(head, raw.size());
    put_raw(head);
    const std::uint64_t at = at_;
    put_raw(raw);
    return {sum, at};
  }

  std::pair<std::uint32_t, std::uint64_t> send(const v1::StreamMessage& one) { return message(serialized(one)); }

  const File::Planes& planes(const v1::Array& array) const {
    if (array.data_buffer() < 1 || array.data_buffer() > file_.planes_.size()) throw Error("an array without its data");
    return file_.planes_[array.data_buffer() - 1];
  }

  void planned(std::size_t number, const v1::Array& array, v1::Envelope& envelope) {
    const v1::DType& dtype = array.dtype();
    if (has_objects(dtype) && !of_objects(dtype)) throw Error("records of objects are not defined");
    // It says whether the bytes are those of the shape.
    v1::Array probe = array;
    std::vector<std::shared_ptr<const std::string>> ignored;
    planes(array).prepare(probe, MaskEncoding::packed, ignored);
    const std::vector<std::uint64_t> shape(array.shape().begin(), array.shape().end());
    const bool fortran = array.order() == v1::ORDER_F;
    const auto lengths = block_shape(shape, fortran, dtype.itemsize(), options_.block_bytes);
    envelope.add_block_shapes()->mutable_lengths()->Add(lengths.begin(), lengths.end());
    plan_.add(number, dtype, planes(array).mask != nullptr, runs_of(shape, lengths, fortran), 0, largest);
  }

  /// The envelope, whose arrays are without what their NPY headers say and without data.
  void send_envelope(v1::Envelope& envelope, v1::File& content, const std::vector<v1::Array*>& arrays) {
    std::vector<std::shared_ptr<const std::string>> buffers;
    Visitor visitor;
    visitor.array = [&](v1::Array& one) {
      if (std::find(arrays.begin(), arrays.end(), &one) == arrays.end()) planes(one).prepare(one, MaskEncoding::packed, buffers);
    };
    walk(content, visitor);
    for (v1::Array* one : arrays) {
      const bool masked = planes(*one).mask != nullptr;
      if (header_says_all(one->dtype())) one->clear_dtype();
      one->clear_shape();
      one->clear_order();
      one->clear_data_buffer();
      one->clear_mask();
      if (!masked) continue;
      one->set_masked(true);
      one->mutable_mask();
    }
    envelope.set_magic(envelope_magic);
    envelope.set_version(version);
    envelope.set_headers(arrays.size());
    envelope.set_blocks(plan_.total);
    envelope.set_codec(options_.codec == Codec::deflate ? v1::CODEC_DEFLATE : v1::CODEC_NONE);
    envelope.set_checksum(kind_);
    envelope.set_mask_encoding(encoding());
    if (content.has_array()) envelope.mutable_array()->Swap(content.mutable_array());
    else envelope.mutable_bundle()->Swap(content.mutable_bundle());
    std::string body = serialized(envelope);
    for (const auto& data : buffers) append(body, *data, Checksum::crc32, 11);
    std::string first(1, 0x0a);
    put_varint(first, body.size());
    first += body;
    check_wire(first, *v1::StreamMessage::descriptor());  // how deep it is nested, and whether text is UTF-8
    message(std::move(first));
  }

  v1::MaskEncoding encoding() const { return options_.mask == MaskEncoding::raw ? v1::MASK_ENCODING_RAW : v1::MASK_ENCODING_PACKED; }

  /// The uncompressed bytes of a block.
  std::string bytes(const v1::Array& array, const google::protobuf::RepeatedPtrField<v1::Value>& objects, const Planned& due) const {
    const v1::DType& dtype = array.dtype();
    const File::Planes& held = planes(array);
    const auto part = [&](const std::string& of, std::uint64_t unit) { return std::string_view(of).substr(due.start * unit, due.count * unit); };
    if (due.plane == v1::PLANE_MASK) return encode_mask(part(*held.mask, bools(dtype)), encoding());
    if (!of_objects(dtype)) return std::string(part(*held.data, dtype.itemsize()));
    v1::Objects out;
    std::vector<std::shared_ptr<const std::string>> buffers;
    Visitor visitor;
    visitor.array = [&](v1::Array& one) { planes(one).prepare(one, MaskEncoding::packed, buffers); };
    for (std::uint64_t i = due.start; i < due.start + due.count; i++) {
      v1::Value& item = *out.add_items();
      item = objects[static_cast<int>(i)];
      walk(item, visitor);
    }
    std::string raw = serialized(out);
    for (const auto& data : buffers) append(raw, *data, Checksum::crc32, 2);
    check_wire(raw, *v1::Objects::descriptor());
    return raw;
  }

  void block(std::uint64_t index, const Planned& due, std::string raw) {
    v1::StreamMessage one;
    v1::Block& block = *one.mutable_block();
    block.set_index(index);
    block.set_array(static_cast<std::uint32_t>(due.array));
    block.set_plane(due.plane);
    block.set_start(due.start);
    block.set_count(due.count);
    block.set_length(raw.size());
    if (options_.codec == Codec::deflate) {
      std::string shorter = deflated(raw);
      // Only what became shorter is kept.
      if (shorter.size() < raw.size()) raw = std::move(shorter);
    }
    block.set_data(std::move(raw));
    const auto [sum, at] = send(one);
    index_.add_offsets(at);
    index_.add_sizes(static_cast<std::uint32_t>(at_ - at));
    sums_.push_back(sum);
  }

  /// Writes index and end.
  void finish() {
    v1::StreamMessage one;
    one.mutable_index()->Swap(&index_);
    const std::uint64_t at = send(one).second;
    v1::End& end = *one.mutable_end();
    end.set_blocks(plan_.total);
    end.set_index(at);
    end.set_digest(digest(kind_, sums_));
    send(one);
  }

  const File& file_;
  const std::function<void(std::string_view)>& to_;
  BlockOptions options_;
  v1::ChecksumKind kind_ = v1::CHECKSUM_KIND_UNSPECIFIED;
  std::uint64_t at_ = 0;
  Plan plan_;
  v1::Index index_;
  std::vector<std::uint32_t> sums_;
};

void File::write_blocks(const std::function<void(std::string_view)>& to, BlockOptions options) const {
  if (options.mask == MaskEncoding::run_length || options.block_bytes > most_block)
    throw Error("masks of blocks are packed or raw, and blocks have at most " + std::to_string(most_block) + " bytes");
  BlockWriter(*this, to, options).write();
}

std::string File::to_blocks(BlockOptions options) const {
  std::string out;
  write_blocks([&](std::string_view raw) { out += raw; }, options);
  return out;
}

void File::save_blocks(const std::filesystem::path& path, BlockOptions options) const {
  saved(path, [&](const auto& put) { write_blocks(put, options); });
}

}  // namespace masquerade
