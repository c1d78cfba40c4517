// What the parts of the library know of each other.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "masquerade/masquerade.hpp"

namespace masquerade::detail {

/// More than any file has bytes: where products stop.
constexpr std::uint64_t largest = (std::uint64_t{1} << 53) - 1;

// checksum.cpp
std::uint32_t checksum(v1::ChecksumKind kind, std::string_view data);

// wire.cpp
/// Refuses what protobuf's own parser lets pass and this schema does not. Throws Error.
void check_wire(std::string_view raw, const google::protobuf::Descriptor& type);
/// Reads a message that is checked. Throws Error.
void parse(std::string_view raw, google::protobuf::Message& into);
/// The canonical bytes of a message. Throws Error.
std::string serialized(const google::protobuf::Message& message);
/// A number and where it ends. Throws Error.
std::pair<std::uint64_t, std::size_t> varint(std::string_view raw, std::size_t at, std::size_t end);
void put_varint(std::string& out, std::uint64_t value);

// mask.cpp
std::string encode_mask(std::string_view bools, v1::MaskEncoding encoding);
/// Throws Error unless the bytes hold exactly `count` bools.
std::string decode_mask(std::string_view raw, v1::MaskEncoding encoding, std::size_t count);

// dtype.cpp
std::uint64_t times(std::uint64_t a, std::uint64_t b);
bool is_ordered(v1::Kind kind);
/// Elements are values in Array.objects.
bool of_objects(const v1::DType& dtype);
bool has_objects(const v1::DType& dtype);
/// The product of a shape. Throws Error for one that cannot be counted even without its zeros.
std::uint64_t elements(const google::protobuf::RepeatedField<std::uint64_t>& shape);
/// Bools that an element has in a mask: one, or one for each field of a record.
std::uint64_t bools(const v1::DType& dtype);
/// Refuses what NumPy cannot have. `fields` counts those of all dtypes of a file. Throws Error.
void check_dtype(const v1::DType& dtype, std::size_t& fields, int depth = 0);

// walk.cpp
/// What is told of the things a content consists of, in canonical order.
struct Visitor {
  std::function<void(v1::Array&)> array;
  std::function<void(const v1::DType&)> dtype;
  std::function<void(const v1::Bundle&)> bundle;
  std::function<void(const v1::Value&)> value;
  std::function<void(const google::protobuf::RepeatedPtrField<v1::Attribute>&)> names;
};
void walk(v1::File& file, const Visitor& visitor);
void walk(v1::Value& value, const Visitor& visitor);

// read.cpp
void check_element(const v1::DType& dtype, const v1::Value& object);

// write.cpp
constexpr std::size_t most_bytes = 0x7fffffff;
/// Writes a message Buffer, in this field, whose data lie at a multiple of 64 bytes.
void append(std::string& out, const std::string& data, Checksum sum, int field);
/// Makes a file, whole or not at all, of what is written to it. Throws std::system_error.
void saved(const std::filesystem::path& path, const std::function<void(const std::function<void(std::string_view)>&)>& write);

// literal.cpp
/// What an NPY header has. Nothing is evaluated.
struct Literal {
  enum class Kind { none, boolean, integer, text, list, tuple, dict } kind = Kind::none;
  std::uint64_t number = 0;
  std::string text;
  /// Of dicts: keys and values in turn.
  std::vector<Literal> items;
};
/// Throws Error.
Literal parse_literal(std::string_view text);
/// A text as Python's repr has it.
std::string repr(std::string_view text);
/// The code point that begins at a byte of UTF-8, and its bytes.
std::pair<std::uint32_t, std::size_t> point_at(std::string_view text, std::size_t at);
void put_utf8(std::string& out, std::uint32_t point);

// npy.cpp
struct NpyHeader {
  v1::DType dtype;
  std::vector<std::uint64_t> shape;
  bool fortran = false;
};
/// Reads a header, with nothing after it. Throws Error.
NpyHeader read_npy(std::string_view raw);
/// The bytes that numpy.save writes before the data. Throws Error.
std::string write_npy(const v1::DType& dtype, const std::vector<std::uint64_t>& shape, bool fortran);
/// Whether a header has words for all of a dtype, so that the envelope need not repeat it.
bool header_says_all(const v1::DType& dtype);
/// The dtype that comes back from a header.
v1::DType read_back(const v1::DType& dtype);

// plan.cpp
struct Planned {
  std::size_t array;
  v1::Plane plane;
  std::uint64_t start;
  std::uint64_t count;
};
/// `outer` times the pieces of `most` rows out of `rows`, a row being `inner` elements.
struct Runs {
  std::uint64_t outer = 1, rows = 1, most = 1, inner = 1, pieces = 0;
};
/// Throws Error for blocks that are no runs of memory.
Runs runs_of(const std::vector<std::uint64_t>& shape, const std::vector<std::uint64_t>& lengths, bool fortran);
/// All blocks of a stream, by arithmetic: nothing is held for a block.
class Plan {
 public:
  std::uint64_t total = 0;
  /// Adds the blocks of a part of an array, which begins at element `start`. Throws Error where there are more than `most` in all.
  void add(std::size_t array, const v1::DType& dtype, bool masked, const Runs& runs, std::uint64_t start, std::uint64_t most);
  Planned at(std::uint64_t index) const;
  /// The blocks in which elements of an array lie, in order.
  std::vector<std::uint64_t> with(std::size_t array, std::uint64_t start, std::uint64_t count) const;

 private:
  struct Segment {
    std::size_t array;
    std::uint64_t first, blocks, start;
    Runs runs;
    std::vector<v1::Plane> planes;
  };
  std::vector<Segment> segments_;
};
/// The shape of blocks of an array whose writer is told nothing else, or only how many bytes a block has.
std::vector<std::uint64_t> block_shape(const std::vector<std::uint64_t>& shape, bool fortran, std::uint64_t itemsize, std::uint64_t bytes);

// blocks_read.cpp
constexpr std::string_view stream_magic{"\x89MQB\r\n\x1a\n", 8};
constexpr std::uint32_t envelope_magic = 0x3142514d;
/// The arrays of a content, in order.
std::vector<v1::Array*> outline(v1::File& message);
std::uint32_t digest(v1::ChecksumKind kind, const std::vector<std::uint32_t>& sums);

constexpr std::uint32_t magic = 0x3151534d;
constexpr std::uint32_t version = 1;

}  // namespace masquerade::detail

namespace masquerade {

/// Holds a content to the rules, and takes the bytes of its arrays out of the buffers.
class Reader {
 public:
  /// `planes`: those of the arrays, to which more are added.
  Reader(google::protobuf::RepeatedPtrField<v1::Buffer>& buffers, std::vector<File::Planes>& planes)
      : taken_(static_cast<std::size_t>(buffers.size())), planes_(planes) {
    buffers_.Swap(&buffers);
  }
  /// A visitor that checks all; arrays by `array`.
  detail::Visitor visitor(std::function<void(v1::Array&)> array);
  void array(v1::Array& one);
  /// Checks what an array says of itself, its fill value included. Its number of elements.
  std::uint64_t said(const v1::Array& one);
  /// Throws Error unless every buffer was used.
  void finish() const;

 private:
  std::string take(std::uint32_t index);
  std::string data(const v1::Array& one, std::uint64_t size);
  static std::string objects(const v1::Array& one, std::uint64_t size);
  std::string mask(const v1::Mask& said, const v1::DType& dtype, std::uint64_t size);
  void fill(const v1::FillValue& said);

  google::protobuf::RepeatedPtrField<v1::Buffer> buffers_;
  std::vector<bool> taken_;
  std::vector<File::Planes>& planes_;
  std::size_t fields_ = 0;
};

}  // namespace masquerade
