#include "internal.hpp"

namespace masquerade::detail {
namespace {

constexpr int deepest = 200;

struct Parser {
  std::string_view text;
  std::size_t at = 0;

  [[noreturn]] void fail() const { throw Error("an NPY header that is no literal of Python (at character " + std::to_string(at) + ")"); }

  void space() {
    while (at < text.size() && std::string_view(" \t\r\n\f").find(text[at]) != std::string_view::npos) at++;
  }

  /// Passes over what comes next, if it is this.
  bool takes(std::string_view what) {
    space();
    if (text.substr(at, what.size()) != what) return false;
    at += what.size();
    return true;
  }

  Literal value(int depth) {
    if (depth > deepest) throw Error("an NPY header nested more than " + std::to_string(deepest) + " deep");
    Literal out;
    if (takes("{")) return dict(depth);
    if (takes("[")) {
      out.kind = Literal::Kind::list;
      items("]", depth, out);
    } else if (takes("(")) {
      out.kind = Literal::Kind::tuple;
      if (items(")", depth, out) == 0 && out.items.size() == 1) {
        Literal only = std::move(out.items.front());
        return only;
      }
    } else if (takes("'")) {
      quoted('\'', out);
    } else if (takes("\"")) {
      quoted('"', out);
    } else if (takes("True") || takes("False")) {
      out.kind = Literal::Kind::boolean;
      out.number = text[at - 2] == 'u' ? 1 : 0;
    } else if (!takes("None")) {
      out.kind = Literal::Kind::integer;
      const std::size_t start = at;
      for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; at++) {
        if (at - start > 18) fail();
        out.number = out.number * 10 + static_cast<std::uint64_t>(text[at] - '0');
      }
      if (at == start || (text[start] == '0' && at - start > 1)) fail();
      takes("L");  // as Python 2 wrote
    }
    return out;
  }

  std::size_t items(std::string_view end, int depth, Literal& into) {
    std::size_t commas = 0;
    while (!takes(end)) {
      if (into.items.size() > commas) fail();
      into.items.push_back(value(depth + 1));
      if (takes(",")) commas++;
    }
    return commas;
  }

  Literal dict(int depth) {
    Literal out;
    out.kind = Literal::Kind::dict;
    bool more = true;
    while (!takes("}")) {
      Literal key = value(depth + 1);
      bool twice = false;
      for (std::size_t i = 0; i < out.items.size(); i += 2) twice = twice || out.items[i].text == key.text;
      if (!more || twice || key.kind != Literal::Kind::text || !takes(":")) fail();
      out.items.push_back(std::move(key));
      out.items.push_back(value(depth + 1));
      more = takes(",");
    }
    return out;
  }

  void quoted(char quote, Literal& into) {
    into.kind = Literal::Kind::text;
    while (at < text.size()) {
      const char c = text[at++];
      if (c == quote) return;
      if (c == '\n' || c == '\r') fail();
      if (c == '\\') put_utf8(into.text, escape());
      else into.text.push_back(c);
    }
    fail();
  }

  std::uint32_t escape() {
    if (at >= text.size()) fail();
    const char c = text[at++];
    constexpr std::string_view names = "\\'\"nrtabfv";
    constexpr std::string_view means = "\\'\"\n\r\t\a\b\f\v";
    if (const std::size_t found = names.find(c); found != std::string_view::npos) return static_cast<unsigned char>(means[found]);
    const std::size_t width = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (width == 0 || text.size() - at < width) fail();
    std::uint64_t point = 0;
    for (std::size_t i = 0; i < width; i++) {
      constexpr std::string_view digits = "0123456789abcdef";
      const char low = text[at] >= 'A' && text[at] <= 'F' ? static_cast<char>(text[at] + 32) : text[at];
      const std::size_t digit = digits.find(low);
      if (digit == std::string_view::npos) fail();
      point = point * 16 + digit;
      at++;
    }
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) fail();
    return static_cast<std::uint32_t>(point);
  }
};

/// Whether Python's repr shows a code point as it is.
bool is_printable(std::uint32_t c) {
  if (c < 0x7f) return c >= 0x20;
  const bool space = c <= 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f) || c == 0x3000;
  return !space && c != 0xad && c != 0xfeff && !(c >= 0xd800 && c < 0xf900) && !(c >= 0xfff0 && c < 0xfffc) && c < 0xe0000;
}

}  // namespace

Literal parse_literal(std::string_view text) {
  Parser parser{text};
  Literal out = parser.value(0);
  parser.space();
  if (parser.at != text.size()) parser.fail();
  return out;
}

void put_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
    return;
  }
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  out.push_back(static_cast<char>((0xff00u >> (more + 1) & 0xff) | c >> 6 * more));
  for (int i = more - 1; i >= 0; i--) out.push_back(static_cast<char>(0x80 | (c >> 6 * i & 0x3f)));
}

std::pair<std::uint32_t, std::size_t> point_at(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length == 1 || text.size() - at < length) return {first, 1};
  std::uint32_t point = first & (0x7fu >> length);
  for (std::size_t i = 1; i < length; i++) point = point << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3f);
  return {point, length};
}

std::string repr(std::string_view text) {
  const bool single = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
  const char quote = single ? '"' : '\'';
  const auto hex = [](std::uint32_t c, int width) {
    std::string out;
    for (int i = width - 1; i >= 0; i--) out.push_back("0123456789abcdef"[c >> 4 * i & 15]);
    return out;
  };
  std::string out(1, quote);
  for (std::size_t at = 0; at < text.size();) {
    const auto [c, length] = point_at(text, at);
    if (c == static_cast<unsigned char>(quote) || c == '\\') out += {'\\', static_cast<char>(c)};
    else if (c == '\n') out += "\\n";
    else if (c == '\r') out += "\\r";
    else if (c == '\t') out += "\\t";
    else if (is_printable(c)) out += text.substr(at, length);
    else if (c < 0x100) out += "\\x" + hex(c, 2);
    else if (c < 0x10000) out += "\\u" + hex(c, 4);
    else out += "\\U" + hex(c, 8);
    at += length;
  }
  return out + quote;
}

}  // namespace masquerade::detail
