// Reads each of the shared vectors and writes it again. usage: masquerade_roundtrip FROM TO INDEX.json
#include <iostream>

#include "index.hpp"

int main(int count, char** args) {
  if (count != 4) {
    std::cerr << "usage: masquerade_roundtrip FROM TO INDEX.json\n";
    return 2;
  }
  const std::string from = args[1];
  const std::string to = args[2];
  try {
    for (const auto& [name, what, options] : index_of(args[3]))
      masquerade::File::load(from + "/" + name + ".pb").save(to + "/" + name + ".pb", options);
  } catch (const std::exception& e) {
    std::cerr << e.what() << "\n";
    return 1;
  }
  return 0;
}
