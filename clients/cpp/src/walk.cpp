#include "internal.hpp"

namespace masquerade::detail {
namespace {

struct Walk {
  const Visitor& visitor;

  template <typename F, typename T>
  static void tell(const F& f, T& thing) {
    if (f) f(thing);
  }

  void array(v1::Array& one) const {
    if (!one.has_dtype()) throw Error("an array has no dtype");
    tell(visitor.dtype, one.dtype());
    dtype(*one.mutable_dtype());
    tell(visitor.array, one);
    if (one.has_fill_value()) {
      auto& fill = *one.mutable_fill_value();
      if (!fill.has_dtype()) throw Error("a fill value has no dtype");
      tell(visitor.dtype, fill.dtype());
      dtype(*fill.mutable_dtype());
      if (fill.has_object()) value(*fill.mutable_object());
    }
    names(*one.mutable_attributes());
    values(*one.mutable_objects());
  }

  void dtype(v1::DType& one) const {
    for (auto& field : *one.mutable_fields()) {
      if (field.has_title()) value(*field.mutable_title());
      dtype(*field.mutable_dtype());
    }
    if (one.has_na_object()) value(*one.mutable_na_object());
    names(*one.mutable_metadata());
  }

  void bundle(v1::Bundle& one) const {
    tell(visitor.bundle, one);
    for (auto& entry : *one.mutable_entries()) {
      if (entry.has_array()) array(*entry.mutable_array());
      else if (entry.has_bundle()) bundle(*entry.mutable_bundle());
      else throw Error("the member \"" + entry.name() + "\" is nothing at all");
    }
    names(*one.mutable_attributes());
    names(*one.mutable_keys());
  }

  void names(google::protobuf::RepeatedPtrField<v1::Attribute>& all) const {
    tell(visitor.names, all);
    for (auto& one : all) value(*one.mutable_value());
  }

  void values(google::protobuf::RepeatedPtrField<v1::Value>& all) const {
    for (auto& one : all) value(one);
  }

  void value(v1::Value& one) const {
    tell(visitor.value, one);
    switch (one.kind_case()) {
      case v1::Value::kList:
        return values(*one.mutable_list()->mutable_items());
      case v1::Value::kTuple:
        return values(*one.mutable_tuple()->mutable_items());
      case v1::Value::kDict:
        for (auto& item : *one.mutable_dict()->mutable_items()) {
          value(*item.mutable_key());
          value(*item.mutable_value());
        }
        return;
      case v1::Value::kArray:
        return array(*one.mutable_array());
      case v1::Value::kBundle:
        return bundle(*one.mutable_bundle());
      case v1::Value::KIND_NOT_SET:
        throw Error("a value is nothing at all");
      default:
        return;
    }
  }
};

}  // namespace

void walk(v1::File& file, const Visitor& visitor) {
  const Walk walk{visitor};
  if (file.has_array()) walk.array(*file.mutable_array());
  else if (file.has_bundle()) walk.bundle(*file.mutable_bundle());
  else throw Error("the file has no content");
}

void walk(v1::Value& value, const Visitor& visitor) { Walk{visitor}.value(value); }

}  // namespace masquerade::detail
