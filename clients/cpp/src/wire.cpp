#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "internal.hpp"

namespace masquerade::detail {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

/// Messages within messages, the file not counted.
constexpr int deepest = 100;
/// Field numbers from here on are annotations, which a reader may skip.
constexpr std::uint64_t annotations = 100;

constexpr const char* newer = ": a newer version wrote it, or the file is damaged";

int wire_of(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_FIXED32:
      return 5;
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED64:
      return 1;
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_MESSAGE:
      return 2;
    default:
      return 0;
  }
}

/// protobuf's own parser would say so on stderr.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    if (length == 0 || length > text.size() - i) return false;
    std::uint32_t point = length == 1 ? first : first & (0x7fu >> length);
    for (std::size_t k = 1; k < length; k++) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return false;
      point = point << 6 | (next & 0x3f);
    }
    if ((length == 3 && (point < 0x800 || (point >= 0xd800 && point < 0xe000))) || (length == 4 && (point < 0x10000 || point > 0x10ffff)))
      return false;
    i += length;
  }
  return true;
}

struct Check {
  std::string_view raw;

  void message(std::size_t at, std::size_t end, const Descriptor& type, int depth) const {
    if (depth > deepest) throw Error("messages are nested more than " + std::to_string(deepest) + " deep", at);
    std::uint64_t seen = 0;
    while (at < end) {
      const std::size_t start = at;
      const auto [tag, next] = varint(raw, at, end);
      at = next;
      const std::uint64_t number = tag >> 3;
      const int wire = static_cast<int>(tag & 7);
      if (number < 1 || number >= std::uint64_t{1} << 29)
        throw Error(type.name() + " has a field with the impossible number " + std::to_string(number), start);
      const FieldDescriptor* field = type.FindFieldByNumber(static_cast<int>(number));
      if (field == nullptr) {
        if (number < annotations) throw Error("unknown field " + std::to_string(number) + " in " + type.name() + newer, start);
        at = skip(at, end, wire);
        continue;
      }
      const int expected = wire_of(*field);
      const bool packed = wire == 2 && expected != 2 && field->is_repeated();
      if (wire != expected && !packed)
        throw Error(
            "field " + field->name() + " of " + type.name() + " has wire type " + std::to_string(wire) + ", not " + std::to_string(expected),
            start);
      if (!field->is_repeated()) {
        // Fields of a oneof count as one.
        const auto* oneof = field->real_containing_oneof();
        const std::uint64_t bit = std::uint64_t{1} << (oneof == nullptr ? number : static_cast<std::uint64_t>(oneof->field(0)->number()));
        if ((seen & bit) != 0) throw Error(type.name() + " has " + field->name() + " twice, or two of its kind", start);
        seen |= bit;
      }
      if (wire == 0) {
        at = number_of(at, end, *field);
      } else if (wire != 2) {
        at = skip(at, end, wire);
      } else {
        const auto [from, stop] = length(at, end);
        at = from;
        if (field->type() == FieldDescriptor::TYPE_MESSAGE) message(from, stop, *field->message_type(), depth + 1);
        else if (packed)
          while (at < stop) at = expected == 0 ? number_of(at, stop, *field) : skip(at, stop, expected);
        else if (field->type() == FieldDescriptor::TYPE_STRING && !is_utf8(raw.substr(from, stop - from)))
          throw Error(field->full_name() + " is not UTF-8", from);
        at = stop;
      }
    }
  }

  std::size_t number_of(std::size_t at, std::size_t end, const FieldDescriptor& field) const {
    const auto [value, next] = varint(raw, at, end);
    std::uint64_t most = largest;
    if (field.type() == FieldDescriptor::TYPE_ENUM) {
      if (value > 0x7fffffff || field.enum_type()->FindValueByNumber(static_cast<int>(value)) == nullptr)
        throw Error(field.full_name() + " has the unknown value " + std::to_string(value) + newer, at);
    } else if (field.type() == FieldDescriptor::TYPE_BOOL) {
      most = 1;
    } else if (field.type() == FieldDescriptor::TYPE_UINT32) {
      most = 0xffffffff;
    }
    if (value > most) throw Error(field.full_name() + " is " + std::to_string(value) + ", more than " + std::to_string(most), at);
    return next;
  }

  std::pair<std::size_t, std::size_t> length(std::size_t at, std::size_t end) const {
    const auto [value, next] = varint(raw, at, end);
    if (value > end - next) throw Error(std::to_string(value) + " bytes are said to follow, there are " + std::to_string(end - next), at);
    return {next, next + value};
  }

  std::size_t skip(std::size_t at, std::size_t end, int wire) const {
    if (wire == 0) return varint(raw, at, end).second;
    if (wire == 2) return length(at, end).second;
    if (wire != 1 && wire != 5) throw Error("a field of wire type " + std::to_string(wire), at);
    const std::size_t size = wire == 1 ? 8 : 4;
    if (end - at < size) throw Error(std::to_string(size) + " bytes are cut off", at);
    return at + size;
  }
};

}  // namespace

void check_wire(std::string_view raw, const Descriptor& type) { Check{raw}.message(0, raw.size(), type, 0); }

void parse(std::string_view raw, google::protobuf::Message& into) {
  google::protobuf::io::ArrayInputStream stream(raw.data(), static_cast<int>(raw.size()));
  google::protobuf::io::CodedInputStream in(&stream);
  in.SetTotalBytesLimit(0x7fffffff);
  in.SetRecursionLimit(200);  // the depth has been checked
  if (!into.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage()) throw Error("no message of this schema");
}

std::string serialized(const google::protobuf::Message& message) {
  std::string out;
  google::protobuf::io::StringOutputStream stream(&out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  if (!message.SerializeToCodedStream(&coded)) throw Error("no message of this schema");
  coded.Trim();
  return out;
}

std::pair<std::uint64_t, std::size_t> varint(std::string_view raw, std::size_t at, std::size_t end) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 10; i++) {
    if (at + i >= end) throw Error("a number is cut off", at);
    const auto byte = static_cast<unsigned char>(raw[at + i]);
    if (i == 9 && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 127) << (7 * i);
    if (byte < 128) return {value, at + i + 1};
  }
  throw Error("a number has more than 64 bits", at);
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value > 127; value >>= 7) out.push_back(static_cast<char>((value & 127) | 128));
  out.push_back(static_cast<char>(value));
}

}  // namespace masquerade::detail
