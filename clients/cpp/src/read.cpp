#include <cerrno>
#include <fstream>
#include <map>
#include <set>
#include <system_error>

#include "internal.hpp"

namespace masquerade {

using namespace detail;

void detail::check_element(const v1::DType& dtype, const v1::Value& object) {
  if (dtype.kind() != v1::KIND_STRING || object.kind_case() == v1::Value::kText) return;
  if (object.kind_case() != v1::Value::kNone || !dtype.has_na_object()) throw Error("an element of a StringDType array is no text");
}

namespace {

constexpr std::uint64_t most_of_no_bytes = 0x7fffffff;
constexpr std::size_t most_integer_bytes = 4300 * 416 / 1000 + 8;

void check_names(const google::protobuf::RepeatedPtrField<v1::Attribute>& names) {
  std::set<std::string> seen;
  for (const auto& one : names) {
    if (!seen.insert(one.name()).second) throw Error("the attribute \"" + one.name() + "\" comes twice");
    if (!one.has_value()) throw Error("the attribute \"" + one.name() + "\" has no value");
  }
}

void check_bundle(const v1::Bundle& bundle) {
  if (bundle.kind() == v1::BUNDLE_KIND_UNSPECIFIED) throw Error("a bundle does not say what it is");
  std::set<std::string> names;
  const auto add = [&](const std::string& name) {
    if (!names.insert(name).second) throw Error("the name \"" + name + "\" comes twice");
  };
  for (const auto& one : bundle.entries()) add(one.name());
  for (const auto& one : bundle.attributes()) add(one.name());
  for (const auto& one : bundle.keys())
    if (names.count(one.name()) == 0) throw Error("a key belongs to nothing: \"" + one.name() + "\"");
  if (bundle.kind() == v1::BUNDLE_KIND_DICT) return;
  for (std::size_t i = 0; i < names.size(); i++)
    if (names.count(std::to_string(i)) == 0) throw Error("items of a list or tuple are called 0, 1, and so on");
}

/// Whether two's complement, most significant byte first, fits 64 bits.
bool is_small(const std::string& raw) {
  if (raw.size() <= 8) return true;
  const char sign = static_cast<unsigned char>(raw[raw.size() - 8]) > 127 ? '\xff' : '\0';
  return raw.find_first_not_of(sign) >= raw.size() - 8;
}

void check_value(const v1::Value& value) {
  if (value.kind_case() == v1::Value::kNone && !value.none()) throw Error("a value is not None and nothing else");
  if (value.kind_case() == v1::Value::kBigInteger) {
    if (value.big_integer().size() > most_integer_bytes)
      throw Error("an integer of " + std::to_string(value.big_integer().size()) + " bytes");
    if (is_small(value.big_integer())) throw Error("a big integer is a small one");
  }
  if (value.kind_case() != v1::Value::kDict) return;
  std::set<std::string> keys;
  for (const auto& item : value.dict().items()) {
    if (!item.has_key() || !item.has_value()) throw Error("an item of a dict lacks its key or its value");
    // The same kind and bits: a plainer notion than Python's.
    if (!keys.insert(item.key().SerializeAsString()).second) throw Error("a dict has a key twice");
  }
}

}  // namespace

Visitor Reader::visitor(std::function<void(v1::Array&)> array) {
  Visitor out;
  out.array = std::move(array);
  out.dtype = [this](const v1::DType& one) { check_dtype(one, fields_); };
  out.bundle = check_bundle;
  out.value = check_value;
  out.names = check_names;
  return out;
}

void Reader::finish() const {
  for (std::size_t i = 0; i < taken_.size(); i++)
    if (!taken_[i]) throw Error("no array uses buffer " + std::to_string(i + 1));
}

std::string Reader::take(std::uint32_t index) {
  if (index < 1 || index > taken_.size())
    throw Error("buffer " + std::to_string(index) + " of " + std::to_string(taken_.size()) + " is not there");
  if (taken_[index - 1]) throw Error("buffer " + std::to_string(index) + " is used twice");
  taken_[index - 1] = true;
  auto& buffer = buffers_[static_cast<int>(index - 1)];
  if (buffer.padding().find_first_not_of('\0') != std::string::npos) throw Error("padding is not zero");
  if (buffer.has_checksum()) {
    const auto& sum = buffer.checksum();
    if (sum.kind() == v1::CHECKSUM_KIND_UNSPECIFIED || !sum.has_value()) throw Error("a checksum lacks its kind or its value");
    if (checksum(sum.kind(), buffer.data()) != sum.value())
      throw Error("the checksum (" + v1::ChecksumKind_Name(sum.kind()) + ") of buffer " + std::to_string(index) + " is wrong");
  }
  return std::move(*buffer.mutable_data());
}

std::uint64_t Reader::said(const v1::Array& one) {
  const v1::DType& dtype = one.dtype();
  if (one.order() == v1::ORDER_UNSPECIFIED) throw Error("an array does not say its order");
  if (one.has_dims() && one.dims().names_size() != one.shape_size())
    throw Error(std::to_string(one.dims().names_size()) + " names for " + std::to_string(one.shape_size()) + " axes");
  const bool extras = one.has_mask() || one.has_fill_value() || one.hard_mask() || one.hidden_dropped();
  if (!one.masked() && (extras || one.data_subclass() != v1::SUBCLASS_UNSPECIFIED))
    throw Error("an array that is not masked has a mask, a fill value or a hard mask");
  if (one.hidden_dropped() && !one.has_mask()) throw Error("values are hidden without a mask");
  const std::uint64_t size = elements(one.shape());
  if (dtype.itemsize() == 0 && size > most_of_no_bytes) throw Error(std::to_string(size) + " elements of no bytes");
  if (one.has_fill_value()) fill(one.fill_value());
  return size;
}

void Reader::array(v1::Array& one) {
  const std::uint64_t size = said(one);
  const v1::DType& dtype = one.dtype();
  File::Planes planes;
  planes.data = std::make_shared<const std::string>(of_objects(dtype) ? objects(one, size) : data(one, size));
  if (one.has_mask()) planes.mask = std::make_shared<const std::string>(mask(one.mask(), dtype, size));
  planes_.push_back(std::move(planes));
  // From here on: where the array's planes are.
  one.set_data_buffer(static_cast<std::uint32_t>(planes_.size()));
}

std::string Reader::data(const v1::Array& one, std::uint64_t size) {
  if (has_objects(one.dtype())) throw Error("records of objects are not defined");
  if (one.objects_size() > 0) throw Error("an array of bytes has objects");
  std::string raw = take(one.data_buffer());
  const std::uint64_t need = times(size, one.dtype().itemsize());
  if (need != raw.size())
    throw Error("the shape takes " + std::to_string(need) + " bytes, there are " + std::to_string(raw.size()));
  return raw;
}

std::string Reader::objects(const v1::Array& one, std::uint64_t size) {
  if (one.data_buffer() != 0) throw Error("an array of objects has a data buffer");
  if (static_cast<std::uint64_t>(one.objects_size()) != size)
    throw Error(std::to_string(size) + " elements, but " + std::to_string(one.objects_size()) + " objects");
  for (const auto& object : one.objects()) check_element(one.dtype(), object);
  return {};
}

std::string Reader::mask(const v1::Mask& said, const v1::DType& dtype, std::uint64_t size) {
  const std::uint64_t count = times(size, bools(dtype));
  if (said.count() != count) throw Error("a mask of " + std::to_string(said.count()) + " bools where there are " + std::to_string(count));
  const bool runs = said.encoding() == v1::MASK_ENCODING_RUN_LENGTH;
  if (runs && !of_objects(dtype) && count > times(size, dtype.itemsize()))
    throw Error("a run-length mask of more bools than the array has bytes of data");
  const std::string raw = take(said.buffer());
  if (!runs && count > 8 * static_cast<std::uint64_t>(raw.size()))
    throw Error(std::to_string(raw.size()) + " bytes hold no mask of " + std::to_string(count) + " bools");
  return decode_mask(raw, said.encoding(), count);
}

void Reader::fill(const v1::FillValue& said) {
  if (!said.has_dtype()) throw Error("a fill value has no dtype");
  check_dtype(said.dtype(), fields_);
  if (of_objects(said.dtype()) != said.has_object())
    throw Error("a fill value is an object where it should be bytes, or bytes where it should be an object");
  if (said.has_object()) return check_element(said.dtype(), said.object());
  if (has_objects(said.dtype()) || said.data().size() != said.dtype().itemsize())
    throw Error("a fill value of " + std::to_string(said.dtype().itemsize()) + " bytes has " + std::to_string(said.data().size()));
}

File File::from_bytes(std::string_view raw) {
  if (raw.substr(0, 5) != "\rMSQ1") throw Error("the file does not begin with File.magic, 0d 4d 53 51 31", 0);
  if (raw.size() > 0x7fffffff) throw Error("a message of " + std::to_string(raw.size()) + " bytes is more than protobuf libraries read");
  check_wire(raw, *v1::File::descriptor());
  File out;
  parse(raw, out.message_);
  if (out.message_.version() != version)
    throw Error("version " + std::to_string(out.message_.version()) + " of the schema; " + std::to_string(version) + " is known");
  Reader reader(*out.message_.mutable_buffers(), out.planes_);
  walk(out.message_, reader.visitor([&](v1::Array& one) { reader.array(one); }));
  reader.finish();
  return out;
}

File File::load(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  const auto size = in.tellg();
  if (!in || size < 0) throw std::system_error(errno, std::generic_category(), path.string());
  std::string raw(static_cast<std::size_t>(size), 0);
  in.seekg(0);
  if (!in.read(raw.data(), size)) throw std::system_error(errno, std::generic_category(), path.string());
  return from_bytes(raw);
}

}  // namespace masquerade
