#include <algorithm>
#include <array>

#include "internal.hpp"

namespace masquerade::detail {
namespace {

constexpr std::string_view npy_magic = "\x93NUMPY";
constexpr std::size_t most_header = 1 << 20;
/// Digits of an axis that may grow, for which numpy.save leaves room.
constexpr std::size_t digits_of_growth = 21;
constexpr int deepest = 64;
constexpr std::uint64_t most_int = 0x7fffffff;
constexpr std::array<std::string_view, 15> units = {"", "generic", "Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"};
constexpr std::array<std::pair<std::string_view, v1::Kind>, 20> kinds = {{
    {"b1", v1::KIND_BOOL},        {"i1", v1::KIND_INT8},         {"i2", v1::KIND_INT16},       {"i4", v1::KIND_INT32},
    {"i8", v1::KIND_INT64},       {"u1", v1::KIND_UINT8},        {"u2", v1::KIND_UINT16},      {"u4", v1::KIND_UINT32},
    {"u8", v1::KIND_UINT64},      {"f2", v1::KIND_FLOAT16},      {"f4", v1::KIND_FLOAT32},     {"f8", v1::KIND_FLOAT64},
    {"f12", v1::KIND_LONGDOUBLE}, {"f16", v1::KIND_LONGDOUBLE},  {"c8", v1::KIND_COMPLEX64},   {"c16", v1::KIND_COMPLEX128},
    {"c24", v1::KIND_CLONGDOUBLE}, {"c32", v1::KIND_CLONGDOUBLE}, {"M8", v1::KIND_DATETIME64}, {"m8", v1::KIND_TIMEDELTA64},
}};

/// A number of few digits; npos-like where it is none.
constexpr std::uint64_t none = ~std::uint64_t{0};
std::uint64_t number(std::string_view text) {
  if (text.empty() || text.size() > 10 || text.find_first_not_of("0123456789") != std::string_view::npos) return none;
  std::uint64_t out = 0;
  for (char c : text) out = out * 10 + static_cast<std::uint64_t>(c - '0');
  return out;
}

std::vector<std::uint64_t> shape_of(const Literal& literal) {
  if (literal.kind != Literal::Kind::tuple) throw Error("a shape that is no tuple");
  std::vector<std::uint64_t> out;
  for (const Literal& item : literal.items) {
    if (item.kind != Literal::Kind::integer || item.number > largest) throw Error("a shape has a length that is none");
    out.push_back(item.number);
  }
  return out;
}

std::uint64_t bytes_of(const v1::Field& field) { return times(elements(field.shape()), field.dtype().itemsize()); }

v1::DType dtype_of_code(const std::string& code) {
  const Error wrong("the dtype " + repr(code) + ", which is none of NumPy's files");
  std::string_view rest = code;
  const auto order = rest.substr(0, 1) == ">" ? v1::BYTE_ORDER_BIG : v1::BYTE_ORDER_LITTLE;
  if (!rest.empty() && std::string_view("<>|=").find(rest[0]) != std::string_view::npos) rest.remove_prefix(1);
  v1::DType out;
  if (rest == "O") {
    out.set_kind(v1::KIND_OBJECT);
    out.set_itemsize(8);
    return out;
  }
  std::string_view unit;
  bool has_unit = false;
  if (const std::size_t open = rest.find('['); open != std::string_view::npos && rest.back() == ']') {
    unit = rest.substr(open + 1, rest.size() - open - 2);
    rest = rest.substr(0, open);
    has_unit = true;
  }
  if (rest.size() < 2) throw wrong;
  const char letter = rest[0];
  const std::uint64_t size = number(rest.substr(1));
  const bool time = letter == 'M' || letter == 'm';
  if (size > most_int / 4 || (has_unit && !time)) throw wrong;
  out.set_itemsize(size);
  if (letter == 'S' || letter == 'a') {
    out.set_kind(v1::KIND_BYTES);
  } else if (letter == 'V') {
    out.set_kind(v1::KIND_VOID);
  } else if (letter == 'U') {
    out.set_kind(v1::KIND_STR);
    out.set_itemsize(4 * size);
    out.set_byte_order(order);
  } else {
    const auto known = std::find_if(kinds.begin(), kinds.end(), [&](const auto& one) { return one.first == rest; });
    if (known == kinds.end()) throw wrong;
    out.set_kind(known->second);
    if (size > 1) out.set_byte_order(order);
  }
  if (out.kind() == v1::KIND_LONGDOUBLE || out.kind() == v1::KIND_CLONGDOUBLE)
    out.set_long_double_layout(v1::LONG_DOUBLE_LAYOUT_X87);  // the envelope says where it is another
  if (!time) return out;
  if (!has_unit) unit = "generic";
  const std::size_t digits = std::min(unit.find_first_not_of("0123456789"), unit.size());
  const std::uint64_t multiple = digits == 0 ? 1 : number(unit.substr(0, digits));
  const auto found = std::find(units.begin() + 1, units.end(), unit.substr(digits));
  if (multiple == 0 || multiple > most_int || found == units.end()) throw wrong;
  out.set_time_multiple(static_cast<std::uint32_t>(multiple));
  out.set_time_unit(static_cast<v1::TimeUnit>(found - units.begin()));
  return out;
}

v1::DType dtype_from(const Literal& descr, int depth) {
  if (depth > deepest) throw Error("a dtype nested more than " + std::to_string(deepest) + " deep");
  if (descr.kind == Literal::Kind::text) return dtype_of_code(descr.text);
  if (descr.kind != Literal::Kind::list) throw Error("a dtype that is no text and no list of fields");
  v1::DType out;
  out.set_kind(v1::KIND_STRUCT);
  for (const Literal& item : descr.items) {
    const auto& parts = item.items;
    if (item.kind != Literal::Kind::tuple || parts.size() < 2 || parts.size() > 3) throw Error("a field is a name, a dtype and perhaps a shape");
    v1::Field field;
    field.set_offset(out.itemsize());
    *field.mutable_dtype() = dtype_from(parts[1], depth + 1);
    if (parts.size() == 3) {
      std::vector<std::uint64_t> shape;
      if (parts[2].kind == Literal::Kind::integer && parts[2].number <= largest) shape.push_back(parts[2].number);
      else shape = shape_of(parts[2]);
      field.mutable_shape()->Add(shape.begin(), shape.end());
    }
    const Literal* name = &parts[0];
    if (name->kind == Literal::Kind::tuple && name->items.size() == 2) {
      if (name->items[0].kind != Literal::Kind::text) throw Error("a field whose title is no text");
      field.mutable_title()->set_text(name->items[0].text);
      name = &name->items[1];
    }
    if (name->kind != Literal::Kind::text) throw Error("a field whose name is no text");
    field.set_name(name->text);
    const std::uint64_t size = out.itemsize() + bytes_of(field);
    if (size > most_int) throw Error("a record of more than " + std::to_string(most_int) + " bytes");
    out.set_itemsize(size);
    // Fields without a name are padding.
    if (!field.name().empty() || field.dtype().kind() != v1::KIND_VOID) *out.add_fields() = field;
  }
  return out;
}

/// Whether the fields of a record follow one another, without overlap.
bool in_order(const v1::DType& dtype) {
  std::uint64_t at = 0;
  for (const auto& field : dtype.fields()) {
    if (field.offset() < at || !in_order(field.dtype())) return false;
    at = field.offset() + bytes_of(field);
  }
  return true;
}

std::string tuple(const std::vector<std::uint64_t>& shape) {
  std::string out = "(";
  for (std::size_t i = 0; i < shape.size(); i++) out += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return out + (shape.size() == 1 ? ",)" : ")");
}

std::string code(const v1::DType& dtype) {
  const std::string order = dtype.byte_order() == v1::BYTE_ORDER_LITTLE ? "<" : dtype.byte_order() == v1::BYTE_ORDER_BIG ? ">" : "|";
  const std::string size = std::to_string(dtype.itemsize());
  if (dtype.kind() == v1::KIND_STR) return order + "U" + std::to_string(dtype.itemsize() / 4);
  if (dtype.kind() == v1::KIND_BYTES) return order + "S" + size;
  if (dtype.kind() == v1::KIND_VOID) return order + "V" + size;
  const auto known = std::find_if(kinds.begin(), kinds.end(), [&](const auto& one) { return one.second == dtype.kind(); });
  if (known == kinds.end()) throw Error("a dtype of " + v1::Kind_Name(dtype.kind()) + ", for which an NPY header has no words");
  std::string out = order + std::string(known->first.substr(0, 1)) + size;
  if (dtype.time_unit() <= v1::TIME_UNIT_GENERIC) return out;
  const std::string multiple = dtype.time_multiple() > 1 ? std::to_string(dtype.time_multiple()) : "";
  return out + "[" + multiple + std::string(units.at(static_cast<std::size_t>(dtype.time_unit()))) + "]";
}

std::string descr(const v1::DType& dtype) {
  if (of_objects(dtype)) return "'|O'";
  if (!in_order(dtype)) return "'|V" + std::to_string(dtype.itemsize()) + "'";
  if (dtype.kind() != v1::KIND_STRUCT) return "'" + code(dtype) + "'";
  std::string out;
  const auto add = [&](const std::string& field) { out += (out.empty() ? "" : ", ") + field; };
  std::uint64_t at = 0;
  const auto pad = [&](std::uint64_t to) {
    if (to > at) add("('', '|V" + std::to_string(to - at) + "')");
  };
  for (const auto& field : dtype.fields()) {
    pad(field.offset());
    std::string name = repr(field.name());
    if (field.has_title()) {
      if (field.title().kind_case() != v1::Value::kText)
        throw Error("field \"" + field.name() + "\" has a title that is no text, for which an NPY header has no words here");
      name = "(" + repr(field.title().text()) + ", " + name + ")";
    }
    const std::vector<std::uint64_t> shape(field.shape().begin(), field.shape().end());
    add("(" + name + ", " + descr(field.dtype()) + (shape.empty() ? "" : ", " + tuple(shape)) + ")");
    at = field.offset() + bytes_of(field);
  }
  pad(dtype.itemsize());
  return "[" + out + "]";
}

}  // namespace

NpyHeader read_npy(std::string_view raw) {
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(raw[at])); };
  if (raw.size() < 12 || raw.substr(0, 6) != npy_magic || byte(6) < 1 || byte(6) > 3 || byte(7) != 0) throw Error("no header of NPY 1.0, 2.0 or 3.0");
  const std::size_t start = byte(6) == 1 ? 10 : 12;
  const std::size_t size = byte(8) | byte(9) << 8 | (byte(6) == 1 ? 0 : byte(10) << 16 | byte(11) << 24);
  if (size > most_header || start + size != raw.size())
    throw Error("an NPY header of " + std::to_string(size) + " bytes, of which " + std::to_string(raw.size() - start) + " are there");
  std::string text;
  if (byte(6) == 3) {
    text = raw.substr(start);
    // Whether it is UTF-8 is what a message says of its texts.
    v1::Field probe;
    probe.set_name(text);
    std::string framed(1, 0x0a);
    put_varint(framed, text.size());
    check_wire(framed + text, *v1::Field::descriptor());
  } else {
    for (char c : raw.substr(start)) put_utf8(text, static_cast<unsigned char>(c));
  }
  const Literal said = parse_literal(text);
  const Literal *type = nullptr, *order = nullptr, *shape = nullptr;
  if (said.kind != Literal::Kind::dict || said.items.size() != 6) throw Error("an NPY header has descr, fortran_order and shape, and nothing else");
  for (std::size_t i = 0; i < said.items.size(); i += 2) {
    if (said.items[i].text == "descr") type = &said.items[i + 1];
    if (said.items[i].text == "fortran_order") order = &said.items[i + 1];
    if (said.items[i].text == "shape") shape = &said.items[i + 1];
  }
  if (type == nullptr || order == nullptr || shape == nullptr || order->kind != Literal::Kind::boolean)
    throw Error("an NPY header has descr, fortran_order and shape, and nothing else");
  return {dtype_from(*type, 0), shape_of(*shape), order->number != 0};
}

std::string write_npy(const v1::DType& dtype, const std::vector<std::uint64_t>& shape, bool fortran) {
  std::string text = "{'descr': " + descr(dtype) + ", 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + tuple(shape) + ", }";
  if (!shape.empty()) text.append(digits_of_growth - std::to_string(fortran ? shape.back() : shape.front()).size(), ' ');
  std::string body;
  char format = 1;
  for (std::size_t at = 0; at < text.size();) {
    const auto [c, length] = point_at(text, at);
    if (c > 0xff) {
      format = 3;
      body = text;
      break;
    }
    body.push_back(static_cast<char>(c));
    at += length;
  }
  const auto padded = [&](std::size_t before) { return body + std::string(64 - (before + body.size() + 1) % 64, ' ') + "\n"; };
  std::string header = padded(10);
  std::string out(npy_magic);
  if (format == 1 && header.size() <= 0xffff) {
    out += {1, 0};
    put(out, static_cast<std::uint16_t>(header.size()));
    return out + header;
  }
  header = padded(12);
  if (header.size() > most_header) throw Error("a dtype whose NPY header takes " + std::to_string(header.size()) + " bytes");
  out += {std::max<char>(format, 2), 0};
  put(out, static_cast<std::uint32_t>(header.size()));
  return out + header;
}

bool header_says_all(const v1::DType& dtype) {
  if (dtype.kind() == v1::KIND_STRING || dtype.metadata_size() > 0 || dtype.aligned() || dtype.record()) return false;
  const bool x87 = dtype.long_double_layout() == v1::LONG_DOUBLE_LAYOUT_X87;
  if (dtype.kind() == v1::KIND_LONGDOUBLE && !(x87 && dtype.itemsize() == 16)) return false;
  if (dtype.kind() == v1::KIND_CLONGDOUBLE && !(x87 && dtype.itemsize() == 32)) return false;
  return in_order(dtype) &&
         std::all_of(dtype.fields().begin(), dtype.fields().end(), [](const v1::Field& field) { return header_says_all(field.dtype()); });
}

v1::DType read_back(const v1::DType& dtype) { return dtype_from(parse_literal(descr(dtype)), 0); }

}  // namespace masquerade::detail
