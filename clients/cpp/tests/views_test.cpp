// Views, numbers, files made here.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <system_error>

#include "masquerade/masquerade.hpp"

using masquerade::Array;
using masquerade::Error;
using masquerade::File;
using Index = masquerade::View::Index;
using Shape = std::vector<std::size_t>;

namespace {

File load(const std::string& name) { return File::load(MASQUERADE_VECTORS "/" + name + ".pb"); }

template <typename T>
std::uint64_t bits(T value) {
  std::uint64_t out = 0;
  std::memcpy(&out, &value, sizeof value);
  return out;
}

}  // namespace

TEST(Readme, Runs) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "masquerade-readme";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const auto path = folder / "sst.pb";

  // #region exchange
  const auto sst = masquerade::Array::of<double>({2, 2}, {271.5, 1e20, 280.25, 275}).with_mask({false, true, false, false}).with_fill(1e20);
  masquerade::File::of(sst).save(path);

  const auto same = masquerade::File::load(path).array();
  const auto values = same.view().numbers<double>();
  const double first = values.at({0, 0});                        // 271.5
  const bool masked = values.is_masked({0, 1});                  // true
  const auto filled = values.filled(std::nan(""));               // in C order
  const auto column = values.slice(1, 0, 1).numbers<double>();  // a view
  // #endregion exchange

  EXPECT_EQ(first, 271.5);
  EXPECT_TRUE(masked && std::isnan(filled[1]) && filled[3] == 275);
  EXPECT_EQ(column.shape(), (Shape{2, 1}));
  EXPECT_EQ(same.fill<double>(), 1e20);
  EXPECT_THROW(File::of(sst).save(path), std::system_error);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
  EXPECT_THROW(File::load(folder / "nothing.pb"), std::system_error);
}

TEST(Views, BothOrders) {
  for (const char* name : {"mask-raw", "fortran-plain"}) {
    const auto values = load(name).array().view().numbers<double>();
    EXPECT_EQ(values.shape(), (Shape{2, 3, 4}));
    int count = 0;
    values.each([&](const Index& i) {
      EXPECT_EQ(values.at(i), static_cast<double>(i[0] * 12 + i[1] * 4 + i[2]) / 8) << name;
      count++;
    });
    EXPECT_EQ(count, 24);
  }
}

TEST(Views, SlicesAndTransposesShareTheMask) {
  const auto whole = load("mask-runs").array().view().numbers<double>();
  const auto turned = whole.slice(2, 3, 2, -2).transpose().numbers<double>();
  EXPECT_EQ(turned.shape(), (Shape{2, 3, 2}));
  int masked = 0;
  turned.each([&](const Index& i) {
    const Index at{i[2], i[1], 3 - 2 * i[0]};
    EXPECT_EQ(turned.at(i), whole.at(at));
    EXPECT_EQ(turned.is_masked(i), whole.is_masked(at));
    masked += turned.is_masked(i) ? 1 : 0;
  });
  EXPECT_TRUE(masked > 0 && masked < 12);
  EXPECT_THROW(whole.slice(3, 0, 1), std::out_of_range);
  EXPECT_THROW(whole.slice(0, 0, 3), std::out_of_range);
  EXPECT_THROW(whole.slice(0, 1, 2), std::out_of_range);
  EXPECT_THROW(whole.slice(0, 0, 1, 0), std::out_of_range);
  EXPECT_THROW(whole.slice(0, 2, 1, -1), std::out_of_range);
  EXPECT_THROW(whole.slice(0, 1, 3, -1), std::out_of_range);
  EXPECT_THROW(whole.at({0, 0, 4}), std::out_of_range);
  EXPECT_THROW(whole.is_masked({0, 0}), std::out_of_range);
  EXPECT_TRUE(whole.slice(0, 2, 0).numbers<double>().values().empty());
}

TEST(Views, FieldsWithTheirMasks) {
  const auto records = load("struct-nested").array();
  const auto m = records.view().field("m").numbers<std::int16_t>();
  EXPECT_EQ(m.shape(), (Shape{5, 2, 2}));
  m.each([&](const Index& i) {
    const std::size_t at = i[0] * 16 + 6 + (i[1] * 2 + i[2]) * 2;
    EXPECT_EQ(m.bytes(i), std::string_view(*records.data).substr(at, 2));
    EXPECT_EQ(m.is_masked(i), (*records.mask)[i[0] * 7 + 2 + i[1] * 2 + i[2]] != 0);
  });
  const auto x = records.view().field("pos").field("x").numbers<float>();
  EXPECT_EQ(x.bytes({1}), std::string_view(*records.data).substr(16, 4));
  EXPECT_THROW(records.view().field("nobody"), Error);
}

TEST(Numbers, BitsAreKeptInBothByteOrders) {
  for (const std::string side : {"le", "be"}) {
    EXPECT_EQ(bits(load("dtype-" + side + "-f8").array().view().numbers<double>().at({0, 2})), 0x7ff0000000000001);
    EXPECT_EQ(load("dtype-" + side + "-f2").array().view().numbers<masquerade::Float16>().at({0, 2}).bits, 0x7c01);
    const auto complex = load("dtype-" + side + "-c16").array().view().numbers<std::complex<double>>().at({0, 0});
    EXPECT_EQ(bits(complex.real()), 0x8000000000000000);
    EXPECT_EQ(bits(complex.imag()), 1);
    EXPECT_EQ(load("dtype-" + side + "-datetime-25us").array().view().numbers<masquerade::Datetime64>().at({2}).count, std::int64_t{1} << 40);
  }
  EXPECT_EQ(bits(*load("fill-nan-payload").array().fill<double>()), 0xfff8dead0000beef);
  EXPECT_EQ(load("fill-other-dtype").array().fill<std::int64_t>(), 999999);
  EXPECT_EQ(load("fill-other-dtype").array().fill<std::int8_t>(), std::nullopt);
  EXPECT_THROW(load("dtype-le-f4").array().view().numbers<double>(), Error);
  EXPECT_THROW(load("dtype-object").array().view(), Error);
}

TEST(Numbers, Halves) {
  const auto half = [](std::uint16_t raw) { return masquerade::Float16{raw}.value(); };
  EXPECT_EQ(half(0x3c00), 1);
  EXPECT_EQ(half(0xc000), -2);
  EXPECT_EQ(half(1), std::ldexp(1, -24));
  EXPECT_EQ(half(0x7bff), 65504);
  EXPECT_EQ(half(0x0400), std::ldexp(1, -14));
  EXPECT_EQ(half(0xfc00), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(half(0x7c01)));
}

TEST(Bundles, AreFoundAndMade) {
  const File dict = load("dict");
  EXPECT_TRUE(dict.array({"t"}).view().is_masked({1}));
  EXPECT_EQ(dict.array({"inner", "n"}).view().numbers<std::uint16_t>().values(), (std::vector<std::uint16_t>{0, 1, 2}));
  for (const std::vector<std::string>& lost : {std::vector<std::string>{}, {"x"}, {"t", "x"}, {"inner"}, {"inner", "x"}})
    EXPECT_THROW(dict.array(lost), Error);
  const auto a = Array::of<std::int32_t>({1}, {7});
  const auto b = Array::of<bool>({}, {true}).without_mask();
  const File again = File::from_bytes(File::of_dict({{"a", a}, {"b", b}}).to_bytes());
  EXPECT_TRUE(again.array({"b"}).message.masked());
  EXPECT_EQ(again.array({"b"}).mask, nullptr);
  EXPECT_EQ(again.array({"a"}).view().numbers<std::int32_t>().at({0}), 7);
}

TEST(Arrays, WhatCannotBeMade) {
  EXPECT_THROW(Array::of<std::int8_t>({2}, {1}), Error);
  EXPECT_THROW(Array::of<std::int8_t>({std::size_t{1} << 40, std::size_t{1} << 40}, {}), Error);
  EXPECT_THROW(Array::of<std::int8_t>({2}, {1, 2}).with_mask({true}), Error);
}
