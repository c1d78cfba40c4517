#include <algorithm>

#include "internal.hpp"

namespace masquerade {

namespace {

std::vector<std::ptrdiff_t> steps(const std::vector<std::size_t>& shape, std::uint64_t unit, v1::Order order) {
  std::vector<std::ptrdiff_t> out(shape.size());
  for (std::size_t i = 0; i < shape.size(); i++) {
    const std::size_t axis = order == v1::ORDER_F ? i : shape.size() - 1 - i;
    out[axis] = static_cast<std::ptrdiff_t>(unit);
    unit = detail::times(unit, shape[axis]);
  }
  return out;
}

}  // namespace

View Array::view() const {
  if (!message.has_dtype() || detail::of_objects(message.dtype()))
    throw Error("an array of objects has no bytes; its elements are in message.objects()");
  const std::uint64_t size = detail::elements(message.shape());
  if (!data || detail::times(size, message.dtype().itemsize()) != data->size() ||
      (mask && detail::times(size, detail::bools(message.dtype())) != mask->size()))
    throw Error("a shape that is not that of the array's bytes or its mask");
  View out;
  out.dtype_ = std::make_shared<const v1::DType>(message.dtype());
  out.shape_.assign(message.shape().begin(), message.shape().end());
  out.data_ = data;
  out.mask_ = mask;
  out.data_steps_ = steps(out.shape_, message.dtype().itemsize(), message.order());
  out.mask_steps_ = steps(out.shape_, detail::bools(message.dtype()), message.order());
  return out;
}

std::ptrdiff_t View::place(const Index& index, const std::vector<std::ptrdiff_t>& steps_of) const {
  if (index.size() != shape_.size())
    throw std::out_of_range(std::to_string(index.size()) + " indices for " + std::to_string(shape_.size()) + " axes");
  std::ptrdiff_t at = 0;
  for (std::size_t axis = 0; axis < index.size(); axis++) {
    if (index[axis] >= shape_[axis])
      throw std::out_of_range("index " + std::to_string(index[axis]) + " for an axis of length " + std::to_string(shape_[axis]));
    at += static_cast<std::ptrdiff_t>(index[axis]) * steps_of[axis];
  }
  return at;
}

std::string_view View::bytes(const Index& index) const {
  const std::ptrdiff_t at = data_at_ + place(index, data_steps_);
  return std::string_view(*data_).substr(static_cast<std::size_t>(at), dtype_->itemsize());
}

bool View::is_masked(const Index& index) const {
  const std::ptrdiff_t at = mask_at_ + place(index, mask_steps_);
  const std::uint64_t count = detail::bools(*dtype_);
  if (!mask_ || count == 0) return false;
  return std::string_view(*mask_).substr(static_cast<std::size_t>(at), count).find('\0') == std::string_view::npos;
}

View View::slice(std::size_t axis, std::size_t start, std::size_t count, std::ptrdiff_t step) const {
  if (axis >= shape_.size()) throw std::out_of_range("there is no axis " + std::to_string(axis));
  const std::size_t length = shape_[axis];
  // How many steps there is room for, from the start in the direction of the step.
  const std::size_t room = start >= length ? 0 : step > 0 ? length - 1 - start : start;
  const auto size = static_cast<std::size_t>(step > 0 ? step : -step);
  if (step == 0 || start > length || (count > 0 && (start == length || (count - 1) > room / size)))
    throw std::out_of_range("the elements of a slice pass the ends of an axis of length " + std::to_string(length));
  View out = *this;
  out.shape_[axis] = count;
  if (count > 0) {
    out.data_at_ += static_cast<std::ptrdiff_t>(start) * data_steps_[axis];
    out.mask_at_ += static_cast<std::ptrdiff_t>(start) * mask_steps_[axis];
  }
  if (count > 1) {
    out.data_steps_[axis] *= step;
    out.mask_steps_[axis] *= step;
  }
  return out;
}

View View::transpose() const {
  View out = *this;
  std::reverse(out.shape_.begin(), out.shape_.end());
  std::reverse(out.data_steps_.begin(), out.data_steps_.end());
  std::reverse(out.mask_steps_.begin(), out.mask_steps_.end());
  return out;
}

View View::field(std::string_view name) const {
  std::ptrdiff_t before = 0;
  for (const auto& one : dtype_->fields()) {
    const std::uint64_t inner = detail::bools(one.dtype());
    if (one.name() != name) {
      before += static_cast<std::ptrdiff_t>(detail::times(detail::elements(one.shape()), inner));
      continue;
    }
    View out = *this;
    out.dtype_ = std::shared_ptr<const v1::DType>(dtype_, &one.dtype());
    out.data_at_ += static_cast<std::ptrdiff_t>(one.offset());
    out.mask_at_ += before;
    const std::vector<std::size_t> shape(one.shape().begin(), one.shape().end());
    const auto data_steps = steps(shape, one.dtype().itemsize(), v1::ORDER_C);
    const auto mask_steps = steps(shape, inner, v1::ORDER_C);
    out.shape_.insert(out.shape_.end(), shape.begin(), shape.end());
    out.data_steps_.insert(out.data_steps_.end(), data_steps.begin(), data_steps.end());
    out.mask_steps_.insert(out.mask_steps_.end(), mask_steps.begin(), mask_steps.end());
    return out;
  }
  throw Error("there is no field \"" + std::string(name) + "\"");
}

void View::each(const std::function<void(const Index&)>& each) const {
  if (std::find(shape_.begin(), shape_.end(), 0u) != shape_.end()) return;
  Index index(shape_.size());
  while (true) {
    each(index);
    std::size_t axis = index.size();
    while (axis > 0 && ++index[axis - 1] == shape_[axis - 1]) index[--axis] = 0;
    if (axis == 0) return;
  }
}

}  // namespace masquerade
