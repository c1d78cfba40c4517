#include <array>

#include "internal.hpp"

namespace masquerade::detail {
namespace {

/// Eight tables: one for each of the eight bytes taken at a time.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

Tables make(std::uint32_t polynomial) {
  Tables out{};
  for (std::uint32_t n = 0; n < 256; n++) {
    std::uint32_t c = n;
    for (int k = 0; k < 8; k++) c = (c & 1) != 0 ? c >> 1 ^ polynomial : c >> 1;
    out[0][n] = c;
  }
  for (std::size_t t = 1; t < 8; t++)
    for (std::size_t n = 0; n < 256; n++) out[t][n] = out[0][out[t - 1][n] & 255] ^ out[t - 1][n] >> 8;
  return out;
}

}  // namespace

std::uint32_t checksum(v1::ChecksumKind kind, std::string_view data) {
  static const Tables zip = make(0xedb88320);
  static const Tables castagnoli = make(0x82f63b78);
  const Tables& t = kind == v1::CHECKSUM_KIND_CRC32 ? zip : castagnoli;
  std::uint32_t c = 0xffffffff;
  const auto* raw = reinterpret_cast<const unsigned char*>(data.data());
  std::size_t left = data.size();
  for (; left >= 8; left -= 8, raw += 8) {
    const std::uint32_t low = c ^ (std::uint32_t{raw[0]} | std::uint32_t{raw[1]} << 8 | std::uint32_t{raw[2]} << 16 | std::uint32_t{raw[3]} << 24);
    c = t[7][low & 255] ^ t[6][low >> 8 & 255] ^ t[5][low >> 16 & 255] ^ t[4][low >> 24] ^ t[3][raw[4]] ^ t[2][raw[5]] ^ t[1][raw[6]] ^
        t[0][raw[7]];
  }
  for (; left > 0; left--) c = t[0][(c ^ *raw++) & 255] ^ c >> 8;
  return ~c;
}

}  // namespace masquerade::detail
