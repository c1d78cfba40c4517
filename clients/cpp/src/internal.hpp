// What the parts of the library know of each other.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "masquerade/masquerade.hpp"

namespace masquerade::detail {

/// More than any file has bytes: where products stop.
constexpr std::uint64_t largest = (std::uint64_t{1} << 53) - 1;

// checksum.cpp
std::uint32_t checksum(v1::ChecksumKind kind, std::string_view data);

// wire.cpp
/// Refuses what protobuf's own parser lets pass and this schema does not. Throws Error.
void check_wire(std::string_view raw, const google::protobuf::Descriptor& type);
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

constexpr std::uint32_t magic = 0x3151534d;
constexpr std::uint32_t version = 1;

}  // namespace masquerade::detail
