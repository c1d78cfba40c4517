// NumPy arrays and masked arrays as masquerade.v1.File messages: the .pb files that the TypeScript library, the Python package and the
// clients in other languages exchange, byte for byte the same from each.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "masquerade/v1/blocks.pb.h"
#include "masquerade/v1/file.pb.h"

namespace masquerade {

/// A file is not what it says it is, or a value has no place in a file.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& what, std::optional<std::size_t> offset = std::nullopt)
      : std::runtime_error(offset ? what + " (at byte " + std::to_string(*offset) + ")" : what), offset_(offset) {}

  /// Where in the file, where there is such a place.
  std::optional<std::size_t> offset() const { return offset_; }

 private:
  std::optional<std::size_t> offset_;
};

/// How masks are written: a bit, a byte for each bool, or the lengths of runs.
enum class MaskEncoding { packed, raw, run_length };
/// What guards the bytes of each array and mask.
enum class Checksum { crc32, crc32c, none };

struct Options {
  MaskEncoding mask = MaskEncoding::packed;
  Checksum checksum = Checksum::crc32;
};

/// How the blocks of a stream are compressed: not at all (the same bytes from every client), or by zlib.
enum class Codec { none, deflate };

struct BlockOptions {
  /// Packed or raw.
  MaskEncoding mask = MaskEncoding::packed;
  Checksum checksum = Checksum::crc32;
  Codec codec = Codec::none;
  /// Bytes of a block at most, but at least one element. 0: 64 KiB, up to 1 MiB for large arrays.
  std::size_t block_bytes = 0;
};

/// The bits of an IEEE 754 binary16.
struct Float16 {
  std::uint16_t bits = 0;
  /// The number, exactly.
  double value() const;
};

/// A count of the dtype's units since 1970; the smallest is NaT.
struct Datetime64 {
  std::int64_t count = 0;
};

/// A count of the dtype's units; the smallest is NaT.
struct Timedelta64 {
  std::int64_t count = 0;
};

namespace detail {

template <typename T>
constexpr v1::Kind kind_of() {
  if constexpr (std::is_same_v<T, bool>) return v1::KIND_BOOL;
  else if constexpr (std::is_same_v<T, std::int8_t>) return v1::KIND_INT8;
  else if constexpr (std::is_same_v<T, std::int16_t>) return v1::KIND_INT16;
  else if constexpr (std::is_same_v<T, std::int32_t>) return v1::KIND_INT32;
  else if constexpr (std::is_same_v<T, std::int64_t>) return v1::KIND_INT64;
  else if constexpr (std::is_same_v<T, std::uint8_t>) return v1::KIND_UINT8;
  else if constexpr (std::is_same_v<T, std::uint16_t>) return v1::KIND_UINT16;
  else if constexpr (std::is_same_v<T, std::uint32_t>) return v1::KIND_UINT32;
  else if constexpr (std::is_same_v<T, std::uint64_t>) return v1::KIND_UINT64;
  else if constexpr (std::is_same_v<T, Float16>) return v1::KIND_FLOAT16;
  else if constexpr (std::is_same_v<T, float>) return v1::KIND_FLOAT32;
  else if constexpr (std::is_same_v<T, double>) return v1::KIND_FLOAT64;
  else if constexpr (std::is_same_v<T, std::complex<float>>) return v1::KIND_COMPLEX64;
  else if constexpr (std::is_same_v<T, std::complex<double>>) return v1::KIND_COMPLEX128;
  else if constexpr (std::is_same_v<T, Datetime64>) return v1::KIND_DATETIME64;
  else if constexpr (std::is_same_v<T, Timedelta64>) return v1::KIND_TIMEDELTA64;
  else static_assert(!sizeof(T), "no dtype has elements of this type");
}

template <std::size_t size>
using Bits = std::conditional_t<
    size == 1, std::uint8_t, std::conditional_t<size == 2, std::uint16_t, std::conditional_t<size == 4, std::uint32_t, std::uint64_t>>>;

/// Bytes in an order as a number of this machine.
template <typename T>
T get(const char* raw, bool big) {
  if constexpr (std::is_same_v<T, bool>) return *raw != 0;
  else if constexpr (std::is_same_v<T, std::complex<float>>) return {get<float>(raw, big), get<float>(raw + 4, big)};
  else if constexpr (std::is_same_v<T, std::complex<double>>) return {get<double>(raw, big), get<double>(raw + 8, big)};
  else {
    Bits<sizeof(T)> bits = 0;
    for (std::size_t i = 0; i < sizeof(T); i++) {
      const auto byte = static_cast<unsigned char>(raw[big ? i : sizeof(T) - 1 - i]);
      bits = static_cast<Bits<sizeof(T)>>(static_cast<std::uint64_t>(bits) << 8 | byte);
    }
    T out;
    std::memcpy(&out, &bits, sizeof out);
    return out;
  }
}

/// A number as bytes, the least significant first.
template <typename T>
void put(std::string& out, T value) {
  if constexpr (std::is_same_v<T, bool>) out.push_back(value ? 1 : 0);
  else if constexpr (std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>) {
    put(out, value.real());
    put(out, value.imag());
  } else {
    Bits<sizeof(T)> bits;
    std::memcpy(&bits, &value, sizeof bits);
    for (std::size_t i = 0; i < sizeof(T); i++) out.push_back(static_cast<char>(static_cast<std::uint64_t>(bits) >> (8 * i) & 255));
  }
}

v1::DType dtype_of(v1::Kind kind);

}  // namespace detail

template <typename T>
class Numbers;

/// A strided view of the elements of an array and of their mask: nothing is copied. Slices, transposes and fields of it are views of the
/// same bytes. A view of an Array keeps its bytes alive.
class View {
 public:
  using Index = std::vector<std::size_t>;

  const v1::DType& dtype() const { return *dtype_; }
  const std::vector<std::size_t>& shape() const { return shape_; }
  /// Bytes from one element to the next on each axis.
  const std::vector<std::ptrdiff_t>& strides() const { return data_steps_; }
  /// Whether there is a mask: without one nothing is masked.
  bool has_mask() const { return mask_ != nullptr; }
  /// The bytes of an element where they lie. Throws std::out_of_range.
  std::string_view bytes(const Index& index) const;
  /// Whether an element is masked; a record is when all of its fields are. Throws std::out_of_range.
  bool is_masked(const Index& index) const;
  /// `count` elements of an axis, from `start` in steps that may be negative. Throws std::out_of_range.
  View slice(std::size_t axis, std::size_t start, std::size_t count, std::ptrdiff_t step = 1) const;
  /// The axes reversed.
  View transpose() const;
  /// One field of records. A sub-array field adds its axes at the end. Throws Error where there is none of that name.
  View field(std::string_view name) const;
  /// Calls `each` with the index of every element in C order.
  void each(const std::function<void(const Index&)>& each) const;
  /// The elements as numbers of the C++ type that is the dtype's. Never converts: throws Error where it is another.
  template <typename T>
  Numbers<T> numbers() const;

 private:
  friend struct Array;
  std::ptrdiff_t place(const Index& index, const std::vector<std::ptrdiff_t>& steps) const;

  std::shared_ptr<const v1::DType> dtype_;
  std::vector<std::size_t> shape_;
  std::shared_ptr<const std::string> data_;
  std::shared_ptr<const std::string> mask_;
  std::ptrdiff_t data_at_ = 0;
  std::ptrdiff_t mask_at_ = 0;
  std::vector<std::ptrdiff_t> data_steps_;
  std::vector<std::ptrdiff_t> mask_steps_;
};

/// A view whose elements are read as T: bool, integers, Float16, float, double, std::complex of these, Datetime64, Timedelta64.
template <typename T>
class Numbers : public View {
 public:
  explicit Numbers(View view) : View(std::move(view)), big_(dtype().byte_order() == v1::BYTE_ORDER_BIG) {
    if (dtype().kind() != detail::kind_of<T>()) throw Error("elements of " + v1::Kind_Name(dtype().kind()) + " are not of that type");
  }

  /// An element, also where it is masked. Throws std::out_of_range.
  T at(const Index& index) const { return detail::get<T>(bytes(index).data(), big_); }

  /// All elements in C order, those beneath the mask too.
  std::vector<T> values() const {
    std::vector<T> out;
    each([&](const Index& index) { out.push_back(at(index)); });
    return out;
  }

  /// All elements in C order with a value in place of those masked.
  std::vector<T> filled(T fill) const {
    std::vector<T> out;
    each([&](const Index& index) { out.push_back(is_masked(index) ? fill : at(index)); });
    return out;
  }

 private:
  bool big_;
};

template <typename T>
Numbers<T> View::numbers() const {
  return Numbers<T>(*this);
}

/// An array: what it says of itself, its bytes and its mask. Copies share these.
struct Array {
  /// Dtype, shape, order, fill value, attributes, names of axes, objects.
  v1::Array message;
  /// The bytes of the elements in message.order(), in the byte order of the dtype. Empty for arrays of objects.
  std::shared_ptr<const std::string> data;
  /// A byte for each bool, not 0 where masked, in the order of the data; for records one for each field. Null: no mask at all.
  std::shared_ptr<const std::string> mask;

  /// A plain array in C order of numbers, written little-endian. Throws Error unless there are as many as the shape says.
  template <typename T>
  static Array of(const std::vector<std::size_t>& shape, const std::vector<T>& values) {
    std::string raw;
    for (T value : values) detail::put<T>(raw, value);
    return of(shape, detail::kind_of<T>(), values.size(), std::move(raw));
  }
  /// The same with a mask, true where masked.
  Array with_mask(const std::vector<bool>& bools) const;
  /// The same as a masked array without a mask: NumPy's nomask.
  Array without_mask() const;
  /// The same, masked, with a fill value.
  template <typename T>
  Array with_fill(T fill) const {
    std::string raw;
    detail::put<T>(raw, fill);
    return with_fill(detail::kind_of<T>(), std::move(raw));
  }
  /// The fill value as a number, where one of that type was set.
  template <typename T>
  std::optional<T> fill() const {
    if (!message.has_fill_value() || message.fill_value().dtype().kind() != detail::kind_of<T>()) return std::nullopt;
    const auto& said = message.fill_value();
    return detail::get<T>(said.data().data(), said.dtype().byte_order() == v1::BYTE_ORDER_BIG);
  }
  /// A strided view of the whole. There is none of arrays of objects, whose elements are message.objects(): throws Error.
  View view() const;

 private:
  static Array of(const std::vector<std::size_t>& shape, v1::Kind kind, std::size_t count, std::string raw);
  Array with_fill(v1::Kind kind, std::string raw) const;
};

/// What a file holds: one array, or a bundle of them.
class File {
 public:
  /// Reads a file. Throws Error for what is wrong with it, std::system_error where it cannot be read.
  static File load(const std::filesystem::path& path);
  /// Reads the bytes of a file: everything is checked, masks are unpacked, checksums verified. Throws Error.
  static File from_bytes(std::string_view raw);
  /// Reads a stream of blocks, .mqb, whole. Throws Error for what is wrong with it, std::system_error where it cannot be read.
  static File load_blocks(const std::filesystem::path& path);
  /// Reads the bytes of a stream of blocks. Throws Error.
  static File from_blocks(std::string_view raw);
  /// A file of one array.
  static File of(const Array& array);
  /// A file of a dict of arrays.
  static File of_dict(const std::vector<std::pair<std::string, Array>>& members);

  /// The content as protobuf has it: attributes, plain values, and messages for of_message().
  const v1::File& message() const { return message_; }
  /// An array by the names of the bundles it lies in and its own; without names, the one of a file that has one only. Throws Error.
  Array array(const std::vector<std::string>& names = {}) const;
  /// The array of a message anywhere within the content: in attributes and objects too. Throws std::out_of_range with another file's.
  Array of_message(const v1::Array& message) const;
  /// The canonical bytes of the file: the same from every client. Throws Error.
  std::string to_bytes(Options options = {}) const;
  /// Writes a file, whole or not at all, and never over another: throws std::system_error.
  void save(const std::filesystem::path& path, Options options = {}) const;
  /// The bytes of a stream of blocks. Throws Error.
  std::string to_blocks(BlockOptions options = {}) const;
  /// Gives the bytes of a stream of blocks piece by piece, never more than one block at once. Throws Error.
  void write_blocks(const std::function<void(std::string_view)>& to, BlockOptions options = {}) const;
  /// Writes a stream of blocks, whole or not at all, and never over another: throws std::system_error.
  void save_blocks(const std::filesystem::path& path, BlockOptions options = {}) const;

 private:
  struct Planes {
    std::shared_ptr<const std::string> data;
    std::shared_ptr<const std::string> mask;
    void prepare(v1::Array& message, MaskEncoding encoding, std::vector<std::shared_ptr<const std::string>>& buffers) const;
  };
  friend class Reader;
  friend class BlockFile;
  friend class BlockWriter;
  v1::Array add(const Array& array);

  v1::File message_;
  // Of every array of the content; Array.data_buffer counts them from 1 as long as the message is in here.
  std::vector<Planes> planes_;
};

/// A stream of blocks in a file that is read by parts: envelope, headers and index are, blocks when they are asked for. Each is verified when it is read.
class BlockFile {
 public:
  /// Reads `length` bytes from byte `at` into `into`. Throws what it likes where it cannot.
  using Source = std::function<void(std::uint64_t at, char* into, std::size_t length)>;

  /// Opens a file of `size` bytes by its index, or reads it once where it has none. Throws Error.
  BlockFile(Source source, std::uint64_t size);
  BlockFile(BlockFile&&) noexcept;
  ~BlockFile();

  /// How many arrays there are.
  std::size_t size() const;
  /// What an array is: shape (with all growths), order, dtype, whether there is a mask. Throws std::out_of_range.
  const v1::Array& message(std::size_t array) const;

  struct Part {
    std::string data;
    /// A byte for each bool, where there is a mask.
    std::optional<std::string> mask;
  };
  /// `count` elements of an array from element `start` in memory order. Only the blocks they lie in are read. Throws Error, for arrays of objects too.
  Part read(std::size_t array, std::uint64_t start, std::uint64_t count);

 private:
  friend class File;
  struct State;
  explicit BlockFile(std::unique_ptr<State> state);
  static std::unique_ptr<State> begin(Source source, std::uint64_t size);
  static File whole(Source source, std::uint64_t size);
  std::unique_ptr<State> state_;
};

}  // namespace masquerade
