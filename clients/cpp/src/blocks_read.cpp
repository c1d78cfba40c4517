#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "internal.hpp"

namespace masquerade {

using namespace detail;

std::vector<v1::Array*> detail::outline(v1::File& message) {
  std::vector<v1::Array*> out;
  const std::function<void(v1::Bundle&)> within = [&](v1::Bundle& bundle) {
    for (auto& entry : *bundle.mutable_entries()) {
      if (entry.has_array()) out.push_back(entry.mutable_array());
      else if (entry.has_bundle()) within(*entry.mutable_bundle());
    }
  };
  if (message.has_array()) out.push_back(message.mutable_array());
  else if (message.has_bundle()) within(*message.mutable_bundle());
  return out;
}

std::uint32_t detail::digest(v1::ChecksumKind kind, const std::vector<std::uint32_t>& sums) {
  std::string raw;
  for (std::uint32_t sum : sums) put(raw, sum);
  return kind == v1::CHECKSUM_KIND_UNSPECIFIED ? 0 : checksum(kind, raw);
}

namespace {

/// Bytes of an array that is read whole, at most.
constexpr std::uint64_t most_whole = 0xffffffff;
constexpr std::uint64_t most_of_no_bytes = 0x7fffffff;
/// Bytes read at once, where there are as many.
constexpr std::uint64_t ahead = 1 << 16;

/// One message, verified.
struct Frame {
  v1::StreamMessage message;
  /// Where it begins, its length not counted to it, and its bytes.
  std::uint64_t at = 0;
  std::uint64_t bytes = 0;
  std::uint32_t sum = 0;
};

std::uint32_t verified(v1::ChecksumKind kind, std::string_view raw, std::uint64_t at) {
  if (kind == v1::CHECKSUM_KIND_UNSPECIFIED) return 0;
  if (raw.size() < 5 || raw[raw.size() - 5] != 0x7d) throw Error("a message has no checksum where it should be", at);
  const std::uint32_t sum = checksum(kind, raw.substr(0, raw.size() - 5));
  if (get<std::uint32_t>(raw.data() + raw.size() - 4, false) != sum)
    throw Error("the checksum (" + v1::ChecksumKind_Name(kind) + ") of a message is wrong", at);
  return sum;
}

/// Exactly `length` bytes, which take memory as they come. Throws Error.
std::string inflated(const std::string& data, std::uint64_t length, const std::string& what) {
  z_stream z{};
  if (inflateInit(&z) != Z_OK) throw std::bad_alloc();
  const struct End {
    z_stream* z;
    ~End() { inflateEnd(z); }
  } end{&z};
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  z.avail_in = static_cast<uInt>(data.size());
  std::string out;
  char part[1 << 14];
  int state = Z_OK;
  while (state == Z_OK && out.size() <= length) {
    z.next_out = reinterpret_cast<Bytef*>(part);
    z.avail_out = sizeof part;
    state = inflate(&z, Z_NO_FLUSH);
    out.append(part, sizeof part - z.avail_out);
  }
  if (state != Z_STREAM_END || out.size() != length || z.avail_in > 0) throw Error(what + " is no zlib stream of " + std::to_string(length) + " bytes");
  return out;
}

std::vector<std::uint64_t> shape_of(const v1::Array& array) { return {array.shape().begin(), array.shape().end()}; }

}  // namespace

struct BlockFile::State {
  Source source;
  std::uint64_t size = 0;
  v1::Envelope envelope;
  /// The content, its arrays complete but for data and objects; their masks are empty messages.
  v1::File message;
  std::vector<File::Planes> planes;
  std::vector<v1::Array*> arrays;
  Plan plan;
  /// Where the message of each block is, and its bytes. No bytes: nowhere yet.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> places;
  /// Of every message, once the envelope has been read.
  v1::ChecksumKind kind = v1::CHECKSUM_KIND_UNSPECIFIED;
  std::uint64_t body = 0;
  std::string held;
  std::uint64_t from = 0;

  /// So many bytes of the file, which must be there; valid until the next are read.
  std::string_view bytes(std::uint64_t at, std::uint64_t length) {
    const std::uint64_t left = at > size ? 0 : size - at;
    if (length > left) throw Error("the stream is cut off: " + std::to_string(length) + " bytes are said to follow, there are " + std::to_string(left), size);
    if (at < from || at + length > from + held.size()) {
      held.resize(std::max(length, std::min(ahead, left)));
      from = at;
      source(at, held.data(), held.size());
    }
    return std::string_view(held).substr(at - from, length);
  }

  /// The message whose length is at `next`, which moves behind it.
  Frame next_message(std::uint64_t& next) {
    const std::uint64_t start = next;
    if (start >= size) throw Error("the stream is cut off: there is no end", size);
    const std::string_view head = bytes(start, std::min<std::uint64_t>(5, size - start));
    std::uint64_t length = 0;
    for (std::size_t i = 0;; i++) {
      if (i >= head.size()) throw Error("a message's length is cut off or too long", start);
      const auto byte = static_cast<unsigned char>(head[i]);
      length |= static_cast<std::uint64_t>(byte & 127) << (7 * i);
      if (byte > 127) continue;
      if (length == 0 || length > most_bytes) throw Error("a message of " + std::to_string(length) + " bytes", start);
      next = start + i + 1 + length;
      return message_at(start + i + 1, length);
    }
  }

  /// The message of so many bytes at a place. Its checksum is verified before anything else is done with it.
  Frame message_at(std::uint64_t at, std::uint64_t length) {
    const std::string_view raw = bytes(at, length);
    const bool first = at <= stream_magic.size() + 5;
    Frame out;
    out.at = at;
    out.bytes = length;
    if (!first) out.sum = verified(kind, raw, at);
    check_wire(raw, *v1::StreamMessage::descriptor());
    parse(raw, out.message);
    if (out.message.kind_case() == v1::StreamMessage::KIND_NOT_SET) throw Error("a message is nothing at all", at);
    if (first) {
      // Its checksum is of the kind that it says itself.
      kind = out.message.envelope().checksum();
      out.sum = verified(kind, raw, at);
    }
    if (out.message.has_checksum() != (kind != v1::CHECKSUM_KIND_UNSPECIFIED))
      throw Error("a message with a checksum where there are none, or without", at);
    return out;
  }

  void begin() {
    if (bytes(0, std::min<std::uint64_t>(size, stream_magic.size())) != stream_magic)
      throw Error("no stream of blocks: it does not begin with \\x89MQB\\r\\n\\x1a\\n", 0);
    std::uint64_t next = stream_magic.size();
    Frame first = next_message(next);
    if (!first.message.has_envelope()) throw Error("the first message is no envelope");
    envelope.Swap(first.message.mutable_envelope());
    if (envelope.magic() != envelope_magic || envelope.version() != version)
      throw Error("version " + std::to_string(envelope.version()) + " of streams; " + std::to_string(version) + " is known");
    if (envelope.codec() != v1::CODEC_NONE && envelope.codec() != v1::CODEC_DEFLATE)
      throw Error("blocks compressed by " + v1::Codec_Name(envelope.codec()) + ", which is not read here; write them with deflate");
    if (envelope.mask_encoding() != v1::MASK_ENCODING_RAW && envelope.mask_encoding() != v1::MASK_ENCODING_PACKED)
      throw Error("the envelope lacks its encoding of masks");
    if (envelope.has_array()) message.mutable_array()->Swap(envelope.mutable_array());
    else if (envelope.has_bundle()) message.mutable_bundle()->Swap(envelope.mutable_bundle());
    else throw Error("the envelope has no content");
    arrays = outline(message);
    const auto count = static_cast<std::size_t>(envelope.block_shapes_size());
    if (!envelope.has_headers() || envelope.headers() != arrays.size() || count != arrays.size())
      throw Error("as many headers and shapes of blocks as the " + std::to_string(arrays.size()) + " arrays are missing");
    for (std::size_t i = 0; i < arrays.size(); i++) header(next, i);
    body = next;
    check();
  }

  /// Reads the NPY header of an array, and completes what the envelope says of it.
  void header(std::uint64_t& next, std::size_t number) {
    const Frame found = next_message(next);
    if (!found.message.has_header() || found.message.header().array() != number)
      throw Error("header " + std::to_string(number) + " is due, and something else comes", found.at);
    v1::Array& array = *arrays[number];
    if (array.shape_size() > 0 || array.order() != v1::ORDER_UNSPECIFIED || array.objects_size() > 0 || array.data_buffer() != 0)
      throw Error("an array of a stream has its shape, order or data in the envelope");
    if (array.mask().count() != 0 || array.mask().encoding() != v1::MASK_ENCODING_UNSPECIFIED || array.mask().buffer() != 0)
      throw Error("a mask of a stream is in the envelope");
    const NpyHeader npy = read_npy(found.message.header().npy());
    if (!array.has_dtype()) *array.mutable_dtype() = npy.dtype;
    else if (serialized(read_back(array.dtype())) != serialized(npy.dtype)) throw Error("an NPY header has another dtype than the envelope says");
    array.mutable_shape()->Add(npy.shape.begin(), npy.shape.end());
    array.set_order(npy.fortran ? v1::ORDER_F : v1::ORDER_C);
  }

  /// Holds envelope and headers to what every file is held to, and makes the plan.
  void check() {
    Reader reader(*envelope.mutable_buffers(), planes);
    walk(message, reader.visitor([&](v1::Array& one) {
      if (std::find(arrays.begin(), arrays.end(), &one) == arrays.end()) return reader.array(one);
      if (has_objects(one.dtype()) && !of_objects(one.dtype())) throw Error("records of objects are not defined");
      reader.said(one);
    }));
    reader.finish();
    for (std::size_t i = 0; i < arrays.size(); i++) add(i, shape_of(*arrays[i]), 0);
    if (envelope.has_blocks() && envelope.blocks() != plan.total)
      throw Error(std::to_string(envelope.blocks()) + " blocks are announced, the arrays have " + std::to_string(plan.total));
  }

  void add(std::size_t number, const std::vector<std::uint64_t>& part, std::uint64_t start) {
    const v1::Array& array = *arrays[number];
    const auto& said = envelope.block_shapes(static_cast<int>(number)).lengths();
    const Runs runs = runs_of(part, {said.begin(), said.end()}, array.order() == v1::ORDER_F);
    plan.add(number, array.dtype(), array.has_mask(), runs, start, size);
  }

  void grow(const v1::Growth& growth) {
    if (growth.array() >= arrays.size()) throw Error("array " + std::to_string(growth.array()) + " grows, which is not there");
    v1::Array& array = *arrays[growth.array()];
    const int axis = array.shape_size() == 0 || array.order() == v1::ORDER_C ? 0 : array.shape_size() - 1;
    if (array.shape_size() == 0 || growth.length() < array.shape(axis))
      throw Error("array " + std::to_string(growth.array()) + " grows to " + std::to_string(growth.length()));
    const std::uint64_t before = elements(array.shape());
    std::vector<std::uint64_t> part = shape_of(array);
    part[static_cast<std::size_t>(axis)] = growth.length() - array.shape(axis);
    array.set_shape(axis, growth.length());
    if (elements(array.shape()) > most_of_no_bytes && array.dtype().itemsize() == 0) throw Error("so many elements of no bytes");
    add(growth.array(), part, before);
  }

  /// Reads every message once, in order, and holds them to what is due. Blocks may come in any order.
  void scan() {
    std::uint64_t next = body;
    std::uint64_t here = 0;
    std::uint64_t index_at = 0;
    std::vector<std::uint32_t> sums;
    google::protobuf::RepeatedPtrField<v1::Growth> growths;
    for (bool ended = false; next < size || !ended;) {
      const Frame one = next_message(next);
      const auto& said = one.message;
      if (said.has_block() && !ended) {
        const std::uint64_t index = said.block().index();
        if (index >= plan.total) throw Error("block " + std::to_string(index) + " of " + std::to_string(plan.total), one.at);
        if (places.size() <= index) {
          places.resize(index + 1);
          sums.resize(index + 1);
        }
        if (places[index].second != 0) throw Error("block " + std::to_string(index) + " comes twice", one.at);
        due(said.block(), index, one.at);
        places[index] = {one.at, static_cast<std::uint32_t>(one.bytes)};
        sums[index] = one.sum;
        here++;
        index_at = 0;
      } else if (said.has_growth() && (ended || index_at == 0)) {  // before the other blocks, too: so they travel
        grow(said.growth());
        *growths.Add() = said.growth();
        ended = false;
        index_at = 0;
      } else if (said.has_index() && !ended && here == plan.total && index_at == 0) {
        same_index(said.index(), growths, one.at);
        index_at = one.at;
      } else if (said.has_end() && !ended) {
        if (here < plan.total) throw Error(std::to_string(plan.total - here) + " blocks are missing", one.at);
        check_end(said.end(), one.at);
        if (said.end().digest() != digest(kind, sums)) throw Error("the digest of all blocks is not that of the end", one.at);
        if (said.end().index() != 0 && said.end().index() != index_at) throw Error("the end has the index elsewhere", one.at);
        ended = true;
      } else {
        throw Error("a message that is not due", one.at);
      }
    }
  }

  void same_index(const v1::Index& index, const google::protobuf::RepeatedPtrField<v1::Growth>& growths, std::uint64_t at) const {
    const auto count = static_cast<std::size_t>(index.offsets_size());
    bool same = count == places.size() && index.sizes_size() == index.offsets_size() && index.growths_size() == growths.size();
    for (int i = 0; same && i < index.offsets_size(); i++)
      same = std::pair<std::uint64_t, std::uint32_t>{index.offsets(i), index.sizes(i)} == places[static_cast<std::size_t>(i)];
    for (int i = 0; same && i < growths.size(); i++)
      same = index.growths(i).array() == growths[i].array() && index.growths(i).length() == growths[i].length();
    if (!same) throw Error("the index tells of other blocks than there are", at);
  }

  void check_end(const v1::End& end, std::uint64_t at) const {
    if (!end.has_blocks() || !end.has_index() || !end.has_digest() || end.blocks() != plan.total)
      throw Error("the end tells of " + std::to_string(end.blocks()) + " blocks, the arrays have " + std::to_string(plan.total), at);
  }

  /// Finds the blocks by the index at the end. False: there is none.
  bool by_index() {
    const std::uint64_t tail = kind == v1::CHECKSUM_KIND_UNSPECIFIED ? 26 : 31;
    if (size < body + tail) throw Error("the stream is cut off: there is no end", size);
    const std::uint64_t at = size - tail;
    if (bytes(at, 2) != std::string{static_cast<char>(tail - 1), 0x32}) throw Error("the stream does not end with an end: writing it was interrupted", at);
    std::uint64_t next = at;
    const Frame last = next_message(next);
    const v1::End& end = last.message.end();
    if (!last.message.has_end() || next != size) throw Error("the stream does not end with an end: writing it was interrupted", at);
    if (end.index() == 0) return false;
    if (end.index() < body || end.index() >= at) throw Error("the index lies outside the file", at);
    const Frame found = message_at(end.index(), at - end.index());
    if (!found.message.has_index()) throw Error("the index is not where the end has it", found.at);
    const v1::Index& index = found.message.index();
    for (const auto& growth : index.growths()) grow(growth);
    check_end(end, at);
    if (static_cast<std::uint64_t>(index.offsets_size()) != plan.total || index.sizes_size() != index.offsets_size())
      throw Error("the index has another number of blocks than the arrays", found.at);
    for (int i = 0; i < index.offsets_size(); i++) {
      if (index.offsets(i) < body || index.offsets(i) > at || index.sizes(i) > at - index.offsets(i))
        throw Error("the index has block " + std::to_string(i) + " outside the file", found.at);
      places.emplace_back(index.offsets(i), index.sizes(i));
    }
    return true;
  }

  /// Holds a block to the plan.
  Planned due(const v1::Block& block, std::uint64_t index, std::uint64_t at) const {
    const Planned due = plan.at(index);
    const std::string what = "block " + std::to_string(index);
    if (block.index() != index || block.array() != due.array || block.plane() != due.plane || block.start() != due.start || block.count() != due.count)
      throw Error(what + " is not " + std::to_string(due.count) + " elements from " + std::to_string(due.start) + " as planned", at);
    const v1::DType& dtype = arrays[due.array]->dtype();
    const bool mask = due.plane == v1::PLANE_MASK;
    std::uint64_t need = times(due.count, mask ? bools(dtype) : dtype.itemsize());
    if (mask && envelope.mask_encoding() == v1::MASK_ENCODING_PACKED) need = need / 8 + (need % 8 != 0 ? 1 : 0);
    if ((mask || !of_objects(dtype)) && block.length() != need) throw Error(what + " has " + std::to_string(block.length()) + " bytes, not " + std::to_string(need), at);
    const bool shorter = block.data().size() < block.length();
    if (block.data().size() > block.length() || block.length() > most_bytes || (shorter && envelope.codec() == v1::CODEC_NONE))
      throw Error(what + " of " + std::to_string(block.length()) + " bytes has " + std::to_string(block.data().size()), at);
    return due;
  }

  /// Reads, verifies and uncompresses one block.
  std::string block(std::uint64_t index, Planned& planned) {
    const auto [at, length] = places[index];
    Frame one = message_at(at, length);
    if (!one.message.has_block()) throw Error("the index has block " + std::to_string(index) + " where none is", at);
    v1::Block& found = *one.message.mutable_block();
    planned = due(found, index, at);
    if (found.data().size() == found.length()) return std::move(*found.mutable_data());
    return inflated(found.data(), found.length(), "block " + std::to_string(index));
  }

  std::string flags(std::string_view raw, const Planned& planned) const {
    return decode_mask(raw, envelope.mask_encoding(), times(planned.count, bools(arrays[planned.array]->dtype())));
  }

  Part read(std::size_t array, std::uint64_t start, std::uint64_t count) {
    const v1::DType& dtype = arrays.at(array)->dtype();
    const std::uint64_t total = elements(arrays[array]->shape());
    if (of_objects(dtype)) throw Error("an array of objects has no bytes; read the file whole");
    if (count > total || start > total - count)
      throw Error(std::to_string(count) + " elements from " + std::to_string(start) + " of an array of " + std::to_string(total));
    if (times(count, std::max(dtype.itemsize(), bools(dtype))) > most_whole) throw Error("more than " + std::to_string(most_whole) + " bytes at once");
    Part out;
    if (arrays[array]->has_mask()) out.mask.emplace();
    for (std::uint64_t index : plan.with(array, start, count)) {
      Planned one{};
      const std::string raw = block(index, one);
      const std::uint64_t skipped = std::max(start, one.start) - one.start;
      const std::uint64_t end = std::min(start + count, one.start + one.count) - one.start;
      const auto part = [&](std::uint64_t unit, const std::string& of) { return std::string_view(of).substr(skipped * unit, (end - skipped) * unit); };
      if (one.plane == v1::PLANE_MASK) *out.mask += part(bools(dtype), flags(raw, one));
      else out.data += part(dtype.itemsize(), raw);
    }
    return out;
  }

  /// The elements of an array of objects, put into its message; its mask.
  File::Planes objects(std::size_t array) {
    std::string mask;
    for (std::uint64_t index : plan.with(array, 0, elements(arrays[array]->shape()))) {
      Planned one{};
      const std::string raw = block(index, one);
      if (one.plane == v1::PLANE_MASK) {
        mask += flags(raw, one);
        continue;
      }
      check_wire(raw, *v1::Objects::descriptor());
      v1::Objects found;
      parse(raw, found);
      if (static_cast<std::uint64_t>(found.items_size()) != one.count)
        throw Error("a block of " + std::to_string(one.count) + " objects has " + std::to_string(found.items_size()));
      Reader reader(*found.mutable_buffers(), planes);
      const Visitor visitor = reader.visitor([&](v1::Array& inner) { reader.array(inner); });
      for (auto& item : *found.mutable_items()) {
        walk(item, visitor);
        check_element(arrays[array]->dtype(), item);
        arrays[array]->add_objects()->Swap(&item);
      }
      reader.finish();
    }
    File::Planes out{std::make_shared<const std::string>(), nullptr};
    if (arrays[array]->has_mask()) out.mask = std::make_shared<const std::string>(std::move(mask));
    return out;
  }
};

BlockFile::BlockFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
BlockFile::BlockFile(BlockFile&&) noexcept = default;
BlockFile::~BlockFile() = default;

std::unique_ptr<BlockFile::State> BlockFile::begin(Source source, std::uint64_t size) {
  auto state = std::make_unique<State>();
  state->source = std::move(source);
  state->size = size;
  state->begin();
  return state;
}

BlockFile::BlockFile(Source source, std::uint64_t size) : state_(begin(std::move(source), size)) {
  if (!state_->by_index()) state_->scan();
}

std::size_t BlockFile::size() const { return state_->arrays.size(); }

const v1::Array& BlockFile::message(std::size_t array) const { return *state_->arrays.at(array); }

BlockFile::Part BlockFile::read(std::size_t array, std::uint64_t start, std::uint64_t count) { return state_->read(array, start, count); }

File BlockFile::whole(Source source, std::uint64_t size) {
  const auto state = begin(std::move(source), size);
  state->scan();
  for (std::size_t i = 0; i < state->arrays.size(); i++) {
    v1::Array& array = *state->arrays[i];
    File::Planes planes;
    if (of_objects(array.dtype())) {
      planes = state->objects(i);
    } else {
      Part part = state->read(i, 0, elements(array.shape()));
      planes.data = std::make_shared<const std::string>(std::move(part.data));
      if (part.mask) planes.mask = std::make_shared<const std::string>(std::move(*part.mask));
    }
    state->planes.push_back(std::move(planes));
    array.set_data_buffer(static_cast<std::uint32_t>(state->planes.size()));
  }
  File out;
  out.message_.Swap(&state->message);
  out.planes_ = std::move(state->planes);
  return out;
}

File File::from_blocks(std::string_view raw) {
  return BlockFile::whole([raw](std::uint64_t at, char* into, std::size_t length) { raw.copy(into, length, at); }, raw.size());
}

File File::load_blocks(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  const auto fail = [&] { throw std::system_error(errno, std::generic_category(), path.string()); };
  const auto size = in.tellg();
  if (!in || size < 0) fail();
  const auto read = [&](std::uint64_t at, char* into, std::size_t length) {
    in.seekg(static_cast<std::streamoff>(at));
    if (!in.read(into, static_cast<std::streamsize>(length))) fail();
  };
  return BlockFile::whole(read, static_cast<std::uint64_t>(size));
}

}  // namespace masquerade
