// Streams of blocks: the shared vectors, malformed files, parts, damage.
#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "index.hpp"

using masquerade::Array;
using masquerade::BlockFile;
using masquerade::BlockOptions;
using masquerade::Codec;
using masquerade::Error;
using masquerade::File;

namespace {

std::string read(const std::string& name) {
  std::ifstream in(MASQUERADE_VECTORS "/" + name, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  EXPECT_TRUE(in.good()) << name;
  return out.str();
}

void refused(const std::string& raw, const std::string& what) {
  try {
    File::from_blocks(raw);
  } catch (const Error& e) {
    EXPECT_STRNE(e.what(), "");
    return;
  }
  ADD_FAILURE() << what << ": not refused";
}

std::string name_of(const testing::TestParamInfo<Vector>& info) {
  std::string out = info.param.name;
  for (char& one : out)
    if (one == '-') one = '_';
  return out;
}

BlockFile opened(const std::string& raw, std::size_t* count = nullptr) {
  const auto source = [&raw, count](std::uint64_t at, char* into, std::size_t length) {
    raw.copy(into, length, at);
    if (count != nullptr) *count += length;
  };
  return BlockFile(source, raw.size());
}

/// A masked array of 300 rows of 20 in blocks of four rows.
struct Rows {
  std::vector<std::int32_t> values;
  std::vector<bool> mask;
  Rows() {
    for (std::int32_t i = 0; i < 6000; i++) {
      values.push_back(i / 7);
      mask.push_back(i % 5 == 0);
    }
  }
  std::string written(Codec codec) const {
    BlockOptions options;
    options.codec = codec;
    options.block_bytes = 320;
    return File::of(Array::of({300, 20}, values).with_mask(mask)).to_blocks(options);
  }
};

class Blocks : public testing::TestWithParam<Vector> {};
class MalformedBlocks : public testing::TestWithParam<Vector> {};

}  // namespace

TEST_P(Blocks, AreReadAndWrittenAgain) {
  const Vector& vector = GetParam();
  const std::string raw = read("blocks/" + vector.name + ".mqb");
  const File file = File::from_blocks(raw);
  BlockOptions options;
  if (vector.options.mask == masquerade::MaskEncoding::raw) options.mask = vector.options.mask;
  options.checksum = vector.options.checksum;
  EXPECT_EQ(file.to_blocks(options), raw);
  // The same as the message, which is another way to the same array.
  EXPECT_EQ(file.to_bytes(vector.options), read(vector.name + ".pb"));
}
INSTANTIATE_TEST_SUITE_P(Shared, Blocks, testing::ValuesIn(index_of(MASQUERADE_VECTORS "/index.json")), name_of);

TEST_P(MalformedBlocks, AreRefused) { refused(read("blocks/malformed/" + GetParam().name + ".mqb"), GetParam().what); }
INSTANTIATE_TEST_SUITE_P(Shared, MalformedBlocks, testing::ValuesIn(index_of(MASQUERADE_VECTORS "/blocks/malformed/index.json")), name_of);

TEST(BlocksDamage, EveryTruncationAndEveryFlippedBitIsNoticed) {
  for (const char* name : {"mask-raw", "dict", "checksum-crc32c"}) {
    const std::string raw = read(std::string("blocks/") + name + ".mqb");
    for (std::size_t length = 0; length < raw.size(); length++) refused(raw.substr(0, length), name);
    for (std::size_t at = 0; at < raw.size(); at++) {
      std::string mutant = raw;
      mutant[at] = static_cast<char>(mutant[at] ^ 1 << at % 8);
      refused(mutant, name + std::string(" with byte ") + std::to_string(at) + " changed");
    }
  }
}

TEST(BlocksDamage, MutantsFailInOneWayOrAreValues) {
  std::mt19937 random(7);
  // Without checksums damage comes further.
  const std::string raw = read("blocks/checksum-none.mqb");
  for (int i = 0; i < 5000; i++) {
    std::string mutant = raw;
    for (auto k = random() % 3 + 1; k > 0; k--) mutant[random() % raw.size()] = static_cast<char>(random());
    try {
      const std::string again = File::from_blocks(mutant).to_blocks();
      EXPECT_NO_THROW(File::from_blocks(again));
    } catch (const Error& e) {
      EXPECT_STRNE(e.what(), "");
    }
  }
}

TEST(BlocksDamage, IsFoundWhereItIsRead) {
  std::string raw = Rows().written(Codec::none);
  raw[raw.size() / 2] = static_cast<char>(raw[raw.size() / 2] ^ 1);
  BlockFile file = opened(raw);
  EXPECT_EQ(file.read(0, 0, 80).data.size(), 320u);
  EXPECT_THROW(file.read(0, 0, 6000), Error);
}

TEST(BlocksDeflate, IsShorterAndTheSame) {
  const Rows rows;
  const std::string raw = rows.written(Codec::deflate);
  EXPECT_LT(raw.size(), rows.written(Codec::none).size());
  const auto values = File::from_blocks(raw).array().view().numbers<std::int32_t>();
  EXPECT_EQ(values.values(), rows.values);
  EXPECT_TRUE(values.is_masked({0, 5}));
  EXPECT_FALSE(values.is_masked({0, 6}));
}

TEST(BlocksParts, AreReadByTheIndex) {
  std::vector<double> values(100'000);
  for (std::size_t i = 0; i < values.size(); i++) values[i] = static_cast<double>(i);
  const std::string raw = File::of(Array::of({values.size()}, values)).to_blocks();
  std::size_t count = 0;
  const auto source = [&](std::uint64_t at, char* into, std::size_t length) {
    raw.copy(into, length, at);
    count += length;
  };
  BlockFile file(source, raw.size());
  const auto [data, mask] = file.read(0, 50'000, 2);
  EXPECT_EQ(masquerade::detail::get<double>(data.data() + 8, false), 50'001);
  EXPECT_FALSE(mask.has_value());
  EXPECT_LT(count, 400'000u);
}

TEST(BlocksParts, AreEveryRunOfElements) {
  const Rows rows;
  for (const Codec codec : {Codec::none, Codec::deflate}) {
    const std::string raw = rows.written(codec);
    BlockFile file = opened(raw);
    ASSERT_EQ(file.size(), 1u);
    EXPECT_EQ(file.message(0).shape(1), 20u);
    for (std::size_t start = 0; start < 6000; start += 37)
      for (std::size_t count : {0, 1, 79, 80, 200, 6000}) {
        const std::size_t end = std::min<std::size_t>(6000, start + count);
        const auto [data, mask] = file.read(0, start, end - start);
        ASSERT_EQ(data.size(), 4 * (end - start));
        ASSERT_EQ(mask->size(), end - start);
        for (std::size_t i = start; i < end; i++) {
          ASSERT_EQ(masquerade::detail::get<std::int32_t>(data.data() + 4 * (i - start), false), rows.values[i]);
          ASSERT_EQ((*mask)[i - start] != 0, rows.mask[i]);
        }
      }
    for (const auto& [start, count] : {std::pair<std::uint64_t, std::uint64_t>{6000, 1}, {0, 6001}, {~std::uint64_t{0}, 2}})
      EXPECT_THROW(file.read(0, start, count), Error);
    EXPECT_THROW(file.read(1, 0, 1), std::out_of_range);
  }
}

TEST(BlocksFiles, AreSavedAndLoaded) {
  const std::string path = testing::TempDir() + "masquerade-saved-" + std::to_string(std::random_device()()) + ".mqb";
  const File file = File::from_blocks(read("blocks/dict.mqb"));
  file.save_blocks(path);
  EXPECT_THROW(file.save_blocks(path), std::system_error);  // never over another
  EXPECT_EQ(File::load_blocks(path).to_bytes(), file.to_bytes());
  std::filesystem::remove(path);
}
