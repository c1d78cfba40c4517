// The shared vectors, malformed files, damage.
#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "index.hpp"

using masquerade::Error;
using masquerade::File;

namespace {

std::string read(const std::string& name) {
  std::ifstream in(MASQUERADE_VECTORS "/" + name + ".pb", std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  EXPECT_TRUE(in.good()) << name;
  return out.str();
}

std::string refused(const std::string& raw, const std::string& what) {
  try {
    File::from_bytes(raw);
  } catch (const Error& e) {
    EXPECT_STRNE(e.what(), "");
    return e.what();
  }
  ADD_FAILURE() << what << ": not refused";
  return "";
}

class Vectors : public testing::TestWithParam<Vector> {};
class Malformed : public testing::TestWithParam<Vector> {};
class Unusual : public testing::TestWithParam<Vector> {};

std::string name_of(const testing::TestParamInfo<Vector>& info) {
  std::string out = info.param.name;
  for (char& one : out)
    if (one == '-') one = '_';
  return out;
}

}  // namespace

TEST_P(Vectors, IsReadAndWrittenAgain) {
  const std::string raw = read(GetParam().name);
  EXPECT_EQ(File::from_bytes(raw).to_bytes(GetParam().options), raw);
}
INSTANTIATE_TEST_SUITE_P(Shared, Vectors, testing::ValuesIn(index_of(MASQUERADE_VECTORS "/index.json")), name_of);

TEST_P(Malformed, IsRefused) { refused(read("malformed/" + GetParam().name), GetParam().what); }
INSTANTIATE_TEST_SUITE_P(Shared, Malformed, testing::ValuesIn(index_of(MASQUERADE_VECTORS "/malformed/index.json")), name_of);

TEST_P(Unusual, IsRead) { EXPECT_NO_THROW(File::from_bytes(read("unusual/" + GetParam().name)).to_bytes()); }
INSTANTIATE_TEST_SUITE_P(Shared, Unusual, testing::ValuesIn(index_of(MASQUERADE_VECTORS "/unusual/index.json")), name_of);

TEST(Damage, EveryTruncationIsRefused) {
  for (const char* name : {"mask-runs", "struct-nested", "dict"}) {
    const std::string raw = read(name);
    for (std::size_t length = 0; length < raw.size(); length++) refused(raw.substr(0, length), name);
  }
}

TEST(Damage, EveryFlippedBitOfTheDataIsNoticed) {
  const std::string raw = read("checksum-crc32c");
  const std::string data = *File::from_bytes(raw).array().data;
  const std::size_t start = raw.find(data);
  ASSERT_NE(start, std::string::npos);
  for (std::size_t at = start; at < start + data.size(); at++) {
    std::string mutant = raw;
    mutant[at] = static_cast<char>(mutant[at] ^ 1 << at % 8);
    EXPECT_NE(refused(mutant, "a flipped bit").find("checksum"), std::string::npos);
  }
}

TEST(Damage, MutantsFailInOneWayOrAreValues) {
  std::mt19937 random(5);
  for (const char* name : {"struct-nested", "dtype-object", "labelled", "dict", "mask-runs", "dtype-le-datetime-25us"}) {
    const std::string raw = read(name);
    for (int i = 0; i < 2000; i++) {
      std::string mutant = raw;
      for (auto k = random() % 3 + 1; k > 0; k--) mutant[random() % raw.size()] = static_cast<char>(random());
      try {
        const std::string first = File::from_bytes(mutant).to_bytes();
        EXPECT_EQ(File::from_bytes(first).to_bytes(), first);
      } catch (const Error& e) {
        EXPECT_STRNE(e.what(), "");
      }
    }
  }
}
