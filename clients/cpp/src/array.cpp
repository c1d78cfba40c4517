#include <cmath>
#include <limits>

#include "internal.hpp"

namespace masquerade {

double Float16::value() const {
  const double sign = (bits & 0x8000) == 0 ? 1 : -1;
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent == 31) return fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

Array Array::of(const std::vector<std::size_t>& shape, v1::Kind kind, std::size_t count, std::string raw) {
  Array out;
  *out.message.mutable_dtype() = detail::dtype_of(kind);
  for (std::size_t n : shape) out.message.add_shape(n);
  if (detail::elements(out.message.shape()) != count) throw Error("a shape that is not that of " + std::to_string(count) + " elements");
  out.message.set_order(v1::ORDER_C);
  out.data = std::make_shared<const std::string>(std::move(raw));
  return out;
}

Array Array::with_mask(const std::vector<bool>& bools) const {
  if (detail::elements(message.shape()) != bools.size()) throw Error("a shape that is not that of " + std::to_string(bools.size()) + " bools");
  Array out = *this;
  out.message.set_masked(true);
  std::string raw;
  for (bool one : bools) raw.push_back(one ? 1 : 0);
  out.mask = std::make_shared<const std::string>(std::move(raw));
  return out;
}

Array Array::without_mask() const {
  Array out = *this;
  out.message.set_masked(true);
  out.mask = nullptr;
  return out;
}

Array Array::with_fill(v1::Kind kind, std::string raw) const {
  Array out = *this;
  out.message.set_masked(true);
  auto& fill = *out.message.mutable_fill_value();
  fill.Clear();
  *fill.mutable_dtype() = detail::dtype_of(kind);
  fill.set_data(std::move(raw));
  return out;
}

v1::Array File::add(const Array& array) {
  planes_.push_back({array.data, array.mask});
  v1::Array out = array.message;
  out.set_data_buffer(static_cast<std::uint32_t>(planes_.size()));
  return out;
}

File File::of(const Array& array) {
  File out;
  *out.message_.mutable_array() = out.add(array);
  return out;
}

File File::of_dict(const std::vector<std::pair<std::string, Array>>& members) {
  File out;
  auto& bundle = *out.message_.mutable_bundle();
  bundle.set_kind(v1::BUNDLE_KIND_DICT);
  for (const auto& [name, array] : members) {
    auto& entry = *bundle.add_entries();
    entry.set_name(name);
    *entry.mutable_array() = out.add(array);
  }
  return out;
}

Array File::of_message(const v1::Array& message) const {
  const Planes& planes = planes_.at(message.data_buffer() - 1);
  return {message, planes.data, planes.mask};
}

Array File::array(const std::vector<std::string>& names) const {
  if (names.empty() && message_.has_array()) return of_message(message_.array());
  const v1::Bundle* bundle = message_.has_bundle() ? &message_.bundle() : nullptr;
  for (std::size_t i = 0; i < names.size() && bundle != nullptr; i++) {
    const v1::Bundle* next = nullptr;
    for (const auto& entry : bundle->entries()) {
      if (entry.name() != names[i]) continue;
      if (i + 1 == names.size() && entry.has_array()) return of_message(entry.array());
      next = entry.has_bundle() ? &entry.bundle() : nullptr;
    }
    bundle = next;
  }
  throw Error(names.empty() ? "the file holds several arrays; say the name of one" : "there is no array \"" + names.back() + "\"");
}

}  // namespace masquerade
