#include "internal.hpp"

namespace masquerade::detail {

std::string encode_mask(std::string_view bools, v1::MaskEncoding encoding) {
  std::string out;
  if (encoding == v1::MASK_ENCODING_RAW) {
    for (char one : bools) out.push_back(one != 0 ? 1 : 0);
  } else if (encoding == v1::MASK_ENCODING_PACKED) {
    out.resize((bools.size() + 7) / 8);
    for (std::size_t i = 0; i < bools.size(); i++)
      if (bools[i] != 0) out[i / 8] = static_cast<char>(out[i / 8] | 1 << i % 8);
  } else {
    bool masked = false;
    for (std::size_t at = 0; at < bools.size(); masked = !masked) {
      const std::size_t start = at;
      while (at < bools.size() && (bools[at] != 0) == masked) at++;
      put_varint(out, at - start);
    }
  }
  return out;
}

namespace {

std::string runs(std::string_view raw, std::size_t count) {
  std::string out;
  char masked = 0;
  for (std::size_t at = 0; at < raw.size(); masked ^= 1) {
    const auto [run, next] = varint(raw, at, raw.size());
    if (run == 0 && at > 0) throw Error("a mask has a run of no bools");
    if (run > count - out.size()) throw Error("a mask has runs of more than its " + std::to_string(count) + " bools");
    out.append(run, masked);
    at = next;
  }
  if (out.size() != count) throw Error("a mask's runs end after " + std::to_string(out.size()) + " of " + std::to_string(count) + " bools");
  return out;
}

}  // namespace

std::string decode_mask(std::string_view raw, v1::MaskEncoding encoding, std::size_t count) {
  const std::string what = "a mask of " + std::to_string(count) + " bools in " + std::to_string(raw.size()) + " bytes: ";
  switch (encoding) {
    case v1::MASK_ENCODING_RAW:
      if (raw.size() != count) throw Error(what + "raw, that is another number");
      for (char one : raw)
        if (one != 0 && one != 1) throw Error(what + "a bool is neither 0 nor 1");
      return std::string(raw);
    case v1::MASK_ENCODING_PACKED: {
      if (raw.size() != count / 8 + (count % 8 != 0 ? 1 : 0)) throw Error(what + "packed, that is another number");
      if (count % 8 != 0 && static_cast<unsigned char>(raw.back()) >> count % 8 != 0) throw Error(what + "bits after the last bool are set");
      std::string out(count, 0);
      for (std::size_t i = 0; i < count; i++) out[i] = static_cast<char>(static_cast<unsigned char>(raw[i / 8]) >> i % 8 & 1);
      return out;
    }
    case v1::MASK_ENCODING_RUN_LENGTH:
      return runs(raw, count);
    default:
      throw Error(what + "it does not say its encoding");
  }
}

}  // namespace masquerade::detail
