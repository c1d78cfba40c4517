#include <algorithm>
#include <set>

#include "internal.hpp"

namespace masquerade::detail {
namespace {

constexpr int most_dims = 64;
constexpr std::size_t most_fields = 32768;
constexpr int deepest = 64;
constexpr std::uint64_t most_int = 0x7fffffff;

/// Bytes of the kinds that have always as many; 0 for the others.
std::uint64_t itemsize_of(v1::Kind kind) {
  switch (kind) {
    case v1::KIND_BOOL:
    case v1::KIND_INT8:
    case v1::KIND_UINT8:
      return 1;
    case v1::KIND_INT16:
    case v1::KIND_UINT16:
    case v1::KIND_FLOAT16:
      return 2;
    case v1::KIND_INT32:
    case v1::KIND_UINT32:
    case v1::KIND_FLOAT32:
      return 4;
    case v1::KIND_INT64:
    case v1::KIND_UINT64:
    case v1::KIND_FLOAT64:
    case v1::KIND_COMPLEX64:
    case v1::KIND_DATETIME64:
    case v1::KIND_TIMEDELTA64:
    case v1::KIND_OBJECT:
      return 8;
    case v1::KIND_COMPLEX128:
    case v1::KIND_STRING:
      return 16;
    default:
      return 0;
  }
}

bool fits_long(const v1::DType& dtype) {
  const std::uint64_t parts = dtype.kind() == v1::KIND_CLONGDOUBLE ? 2 : 1;
  const std::uint64_t each = dtype.itemsize() / parts;
  if (dtype.itemsize() % parts != 0) return false;
  if (dtype.long_double_layout() == v1::LONG_DOUBLE_LAYOUT_X87) return each == 12 || each == 16;
  return each == (dtype.long_double_layout() == v1::LONG_DOUBLE_LAYOUT_DOUBLE ? 8 : 16);
}

void check_fields(const v1::DType& dtype, std::size_t& fields, int depth) {
  std::set<std::string> names;
  for (const auto& field : dtype.fields()) {
    if (++fields > most_fields) throw Error("more than " + std::to_string(most_fields) + " fields");
    const std::string what = "field \"" + field.name() + "\" ";
    if (!names.insert(field.name()).second) throw Error(what + "occurs twice");
    if (!field.has_dtype()) throw Error(what + "has no dtype");
    check_dtype(field.dtype(), fields, depth + 1);
    const std::uint64_t end = field.offset() + times(elements(field.shape()), field.dtype().itemsize());
    if (end > dtype.itemsize()) throw Error(what + "ends at byte " + std::to_string(end) + " of a record of " + std::to_string(dtype.itemsize()));
  }
}

}  // namespace

std::uint64_t times(std::uint64_t a, std::uint64_t b) { return b != 0 && a > largest / b ? largest : a * b; }

bool is_ordered(v1::Kind kind) {
  switch (kind) {
    case v1::KIND_BOOL:
    case v1::KIND_INT8:
    case v1::KIND_UINT8:
    case v1::KIND_BYTES:
    case v1::KIND_VOID:
    case v1::KIND_STRUCT:
    case v1::KIND_OBJECT:
    case v1::KIND_STRING:
      return false;
    default:
      return true;
  }
}

v1::DType dtype_of(v1::Kind kind) {
  v1::DType out;
  out.set_kind(kind);
  out.set_itemsize(itemsize_of(kind));
  if (is_ordered(kind)) out.set_byte_order(v1::BYTE_ORDER_LITTLE);
  if (kind == v1::KIND_DATETIME64 || kind == v1::KIND_TIMEDELTA64) {
    out.set_time_unit(v1::TIME_UNIT_GENERIC);
    out.set_time_multiple(1);
  }
  return out;
}

bool of_objects(const v1::DType& dtype) { return dtype.kind() == v1::KIND_OBJECT || dtype.kind() == v1::KIND_STRING; }

bool has_objects(const v1::DType& dtype) {
  return of_objects(dtype) ||
         std::any_of(dtype.fields().begin(), dtype.fields().end(), [](const v1::Field& field) { return has_objects(field.dtype()); });
}

std::uint64_t elements(const google::protobuf::RepeatedField<std::uint64_t>& shape) {
  if (shape.size() > most_dims) throw Error(std::to_string(shape.size()) + " dimensions; there are at most " + std::to_string(most_dims));
  std::uint64_t size = 1;
  std::uint64_t nonzero = 1;
  for (std::uint64_t n : shape) {
    size = times(size, n);
    nonzero = times(nonzero, std::max<std::uint64_t>(n, 1));
  }
  if (nonzero == largest) throw Error("a shape that cannot be counted");
  return size;
}

std::uint64_t bools(const v1::DType& dtype) {
  if (dtype.kind() != v1::KIND_STRUCT) return 1;
  std::uint64_t count = 0;
  for (const auto& field : dtype.fields()) count = std::min(largest, count + times(elements(field.shape()), bools(field.dtype())));
  return count;
}

void check_dtype(const v1::DType& dtype, std::size_t& fields, int depth) {
  if (depth > deepest) throw Error("a dtype nested more than " + std::to_string(deepest) + " deep");
  const v1::Kind kind = dtype.kind();
  const std::string what = "a dtype of " + v1::Kind_Name(kind) + " ";
  const bool time = kind == v1::KIND_DATETIME64 || kind == v1::KIND_TIMEDELTA64;
  const bool is_long = kind == v1::KIND_LONGDOUBLE || kind == v1::KIND_CLONGDOUBLE;
  const std::uint64_t size = dtype.itemsize();
  const std::uint64_t multiple = dtype.time_multiple();
  if (kind == v1::KIND_UNSPECIFIED) throw Error("a dtype does not say its kind");
  if (is_ordered(kind) != (dtype.byte_order() != v1::BYTE_ORDER_UNSPECIFIED)) throw Error(what + "with such a byte order");
  if (time != (dtype.time_unit() != v1::TIME_UNIT_UNSPECIFIED) || time != (multiple != 0) || multiple > most_int ||
      (dtype.time_unit() == v1::TIME_UNIT_GENERIC && multiple != 1))
    throw Error(what + "with such a unit of time");
  if (is_long != (dtype.long_double_layout() != v1::LONG_DOUBLE_LAYOUT_UNSPECIFIED)) throw Error(what + "with such a layout of long doubles");
  if (kind != v1::KIND_STRUCT && (dtype.fields_size() > 0 || dtype.aligned() || dtype.alignment() != 0 || dtype.record()))
    throw Error(what + "with fields");
  if (kind != v1::KIND_STRING && (dtype.no_coerce() || dtype.has_na_object())) throw Error(what + "as if it were StringDType");
  if (dtype.aligned() != (dtype.alignment() != 0) || dtype.alignment() > most_int) throw Error(what + "aligned to nothing, or not aligned");
  const std::uint64_t expected = itemsize_of(kind);
  if (size > most_int || (expected != 0 && expected != size) || (kind == v1::KIND_STR && size % 4 != 0) || (is_long && !fits_long(dtype)))
    throw Error(what + "with " + std::to_string(size) + " bytes");
  check_fields(dtype, fields, depth);
}

}  // namespace masquerade::detail
