package masquerade

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// tuple is a tuple of Python; lists are []any, dicts map[string]any.
type tuple []any

// Lists within lists.
const deepestLiteral = 200

// parseLiteral reads what an NPY header has: dicts with texts for keys, lists, tuples, texts, integers, True, False and None. Nothing is evaluated.
func parseLiteral(text string) (any, error) {
	p := &literal{text: text}
	value, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at != len(text) {
		return nil, p.fail()
	}
	return value, nil
}

type literal struct {
	text string
	at   int
}

func (p *literal) fail() error {
	return wrong("an NPY header that is no literal of Python (at character %d)", p.at)
}

func (p *literal) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n\f", p.text[p.at]) >= 0 {
		p.at++
	}
}

// takes passes over what comes next, if it is this.
func (p *literal) takes(what string) bool {
	p.space()
	if strings.HasPrefix(p.text[p.at:], what) {
		p.at += len(what)
		return true
	}
	return false
}

func (p *literal) value(depth int) (any, error) {
	if depth > deepestLiteral {
		return nil, wrong("an NPY header nested more than %d deep", deepestLiteral)
	}
	switch {
	case p.takes("{"):
		return p.dict(depth)
	case p.takes("["):
		items, _, err := p.items("]", depth)
		return items, err
	case p.takes("("):
		items, commas, err := p.items(")", depth)
		if err == nil && len(items) == 1 && commas == 0 {
			return items[0], nil
		}
		return tuple(items), err
	case p.takes("'"):
		return p.quoted('\'')
	case p.takes("\""):
		return p.quoted('"')
	case p.takes("True"):
		return true, nil
	case p.takes("False"):
		return false, nil
	case p.takes("None"):
		return nil, nil
	}
	start := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	number := p.text[start:p.at]
	p.takes("L") // as Python 2 wrote
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || (len(number) > 1 && number[0] == '0') {
		return nil, p.fail()
	}
	return n, nil
}

func (p *literal) items(end string, depth int) ([]any, int, error) {
	items, commas := []any{}, 0
	for {
		if p.takes(end) {
			return items, commas, nil
		}
		if len(items) > commas {
			return nil, 0, p.fail()
		}
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, 0, err
		}
		items = append(items, item)
		if p.takes(",") {
			commas++
		}
	}
}

func (p *literal) dict(depth int) (any, error) {
	out := map[string]any{}
	for more := true; ; {
		if p.takes("}") {
			return out, nil
		}
		if !more {
			return nil, p.fail()
		}
		key, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if _, twice := out[name]; !ok || twice || !p.takes(":") {
			return nil, p.fail()
		}
		if out[name], err = p.value(depth + 1); err != nil {
			return nil, err
		}
		more = p.takes(",")
	}
}

var escapes = map[byte]rune{'\\': '\\', '\'': '\'', '"': '"', 'n': '\n', 'r': '\r', 't': '\t', 'a': 7, 'b': 8, 'f': 12, 'v': 11}

func (p *literal) quoted(quote byte) (any, error) {
	var out strings.Builder
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		if c == quote {
			return out.String(), nil
		}
		if c == '\n' || c == '\r' {
			break
		}
		if c != '\\' {
			out.WriteByte(c)
			continue
		}
		if p.at >= len(p.text) {
			break
		}
		c = p.text[p.at]
		p.at++
		if r, ok := escapes[c]; ok {
			out.WriteRune(r)
			continue
		}
		width := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		if width == 0 || len(p.text)-p.at < width {
			break
		}
		n, err := strconv.ParseUint(p.text[p.at:p.at+width], 16, 32)
		if err != nil || !utf8.ValidRune(rune(n)) || n > utf8.MaxRune {
			break
		}
		p.at += width
		out.WriteRune(rune(n))
	}
	return nil, p.fail()
}
