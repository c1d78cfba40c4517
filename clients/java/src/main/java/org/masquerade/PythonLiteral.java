package org.masquerade;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The literals of an NPY header: texts, integers, True, False, None, tuples, lists, dicts. Nothing is ever evaluated. */
final class PythonLiteral {
  private static final int DEEPEST = 64;
  private final String text;
  private int at;

  private PythonLiteral(String text) {
    this.text = text;
  }

  static Object parse(String text) throws MasqueradeException {
    PythonLiteral parser = new PythonLiteral(text);
    Object out = parser.value(0);
    parser.space();
    if (parser.at < text.length()) throw parser.wrong("more than one value");
    return out;
  }

  private MasqueradeException wrong(String what) {
    return new MasqueradeException("the header of an NPY file, character " + at + ": " + what);
  }

  private void space() {
    while (at < text.length() && " \t\n\r\f".indexOf(text.charAt(at)) >= 0) at++;
  }

  private char peek() throws MasqueradeException {
    space();
    if (at >= text.length()) throw wrong("it ends too early");
    return text.charAt(at);
  }

  private void expect(char wanted) throws MasqueradeException {
    if (peek() != wanted) throw wrong("'" + wanted + "' is missing");
    at++;
  }

  private Object value(int depth) throws MasqueradeException {
    if (depth > DEEPEST) throw wrong("nested more than " + DEEPEST + " deep");
    char c = peek();
    if (c == '\'' || c == '"') return string();
    if (c == '{') return dict(depth);
    if (c == '[') return items(']', depth);
    if (c == '(') return tuple(depth);
    if (c >= '0' && c <= '9' || c == '-') return integer();
    for (String word : new String[] {"True", "False", "None"})
      if (text.startsWith(word, at)) {
        at += word.length();
        return word.equals("None") ? null : (Object) word.equals("True");
      }
    throw wrong("'" + c + "' begins no literal");
  }

  private BigInteger integer() throws MasqueradeException {
    int start = at++;
    while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0 && text.charAt(at) < 128) at++;
    String digits = text.substring(start, at);
    if (at < text.length() && text.charAt(at) == 'L') at++; // Python 2
    if (digits.length() > 20 || digits.equals("-")) throw wrong("a number that is none, or too long");
    return new BigInteger(digits);
  }

  private String string() throws MasqueradeException {
    char quote = text.charAt(at++);
    StringBuilder out = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == quote) return out.toString();
      out.append(c == '\\' ? escaped() : String.valueOf(c));
    }
    throw wrong("a text without an end");
  }

  private String escaped() throws MasqueradeException {
    if (at >= text.length()) throw wrong("a text without an end");
    char c = text.charAt(at++);
    int place = "nrt0".indexOf(c);
    if (c == '\\' || c == '\'' || c == '"') return String.valueOf(c);
    if (place >= 0) return String.valueOf("\n\r\t\0".charAt(place));
    int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits == 0 || at + digits > text.length()) throw wrong("an escape that is none");
    try {
      int point = Integer.parseInt(text.substring(at, at + digits), 16);
      at += digits;
      return new String(Character.toChars(point));
    } catch (IllegalArgumentException e) {
      throw wrong("an escape that is none");
    }
  }

  private List<Object> items(char end, int depth) throws MasqueradeException {
    at++;
    List<Object> out = new ArrayList<>();
    while (peek() != end) {
      out.add(value(depth + 1));
      if (peek() != end) expect(',');
    }
    at++;
    return out;
  }

  private Object tuple(int depth) throws MasqueradeException {
    int start = at;
    List<Object> out = items(')', depth);
    // (x) is x in brackets; (x,) is a tuple.
    String body = text.substring(start + 1, at - 1).trim();
    return out.size() == 1 && !body.endsWith(",") ? out.get(0) : new Tuple(out);
  }

  private Map<Object, Object> dict(int depth) throws MasqueradeException {
    expect('{');
    Map<Object, Object> out = new LinkedHashMap<>();
    while (peek() != '}') {
      Object key = value(depth + 1);
      expect(':');
      Object value = value(depth + 1);
      if (out.containsKey(key)) throw wrong("a key twice");
      out.put(key, value);
      if (peek() != '}') expect(',');
    }
    at++;
    return out;
  }
}
