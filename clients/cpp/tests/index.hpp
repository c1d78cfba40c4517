// The shared vectors: an index has a line for each.
#pragma once

#include <fstream>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include "masquerade/masquerade.hpp"

struct Vector {
  std::string name;
  std::string what;
  masquerade::Options options;
};

inline std::vector<Vector> index_of(const std::string& path) {
  static const std::regex text(R"re("(name|what|mask|checksum)": "([^"]*)")re");
  std::vector<Vector> out;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    Vector one;
    for (std::sregex_iterator i(line.begin(), line.end(), text), end; i != end; ++i) {
      const std::string value = (*i)[2];
      if ((*i)[1] == "name") one.name = value;
      if ((*i)[1] == "what") one.what = value;
      if (value == "raw") one.options.mask = masquerade::MaskEncoding::raw;
      if (value == "run-length") one.options.mask = masquerade::MaskEncoding::run_length;
      if (value == "crc32c") one.options.checksum = masquerade::Checksum::crc32c;
      if (value == "none") one.options.checksum = masquerade::Checksum::none;
    }
    if (!one.name.empty()) out.push_back(one);
  }
  if (out.empty()) throw std::runtime_error("no vectors in " + path);
  return out;
}
