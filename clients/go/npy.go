package masquerade

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
)

const (
	npyMagic = "\x93NUMPY"
	// Bytes of a header at most.
	mostHeader = 1 << 20
	// Digits of an axis that may grow, for which numpy.save leaves room.
	growthDigits = 21
)

// npyHeader is what an NPY header says.
type npyHeader struct {
	dtype   *v1.DType
	shape   []uint64
	fortran bool
}

var units = []string{"", "generic", "Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"}

var codes = map[string]v1.Kind{
	"b1": v1.Kind_KIND_BOOL, "i1": v1.Kind_KIND_INT8, "i2": v1.Kind_KIND_INT16, "i4": v1.Kind_KIND_INT32, "i8": v1.Kind_KIND_INT64,
	"u1": v1.Kind_KIND_UINT8, "u2": v1.Kind_KIND_UINT16, "u4": v1.Kind_KIND_UINT32, "u8": v1.Kind_KIND_UINT64,
	"f2": v1.Kind_KIND_FLOAT16, "f4": v1.Kind_KIND_FLOAT32, "f8": v1.Kind_KIND_FLOAT64,
	"f12": v1.Kind_KIND_LONGDOUBLE, "f16": v1.Kind_KIND_LONGDOUBLE, "c8": v1.Kind_KIND_COMPLEX64, "c16": v1.Kind_KIND_COMPLEX128,
	"c24": v1.Kind_KIND_CLONGDOUBLE, "c32": v1.Kind_KIND_CLONGDOUBLE, "M8": v1.Kind_KIND_DATETIME64, "m8": v1.Kind_KIND_TIMEDELTA64,
}

// letters of the kinds whose dtype is a letter and its bytes.
var letters = map[v1.Kind]string{
	v1.Kind_KIND_BOOL: "b", v1.Kind_KIND_INT8: "i", v1.Kind_KIND_INT16: "i", v1.Kind_KIND_INT32: "i", v1.Kind_KIND_INT64: "i",
	v1.Kind_KIND_UINT8: "u", v1.Kind_KIND_UINT16: "u", v1.Kind_KIND_UINT32: "u", v1.Kind_KIND_UINT64: "u",
	v1.Kind_KIND_FLOAT16: "f", v1.Kind_KIND_FLOAT32: "f", v1.Kind_KIND_FLOAT64: "f", v1.Kind_KIND_LONGDOUBLE: "f",
	v1.Kind_KIND_COMPLEX64: "c", v1.Kind_KIND_COMPLEX128: "c", v1.Kind_KIND_CLONGDOUBLE: "c",
	v1.Kind_KIND_DATETIME64: "M", v1.Kind_KIND_TIMEDELTA64: "m", v1.Kind_KIND_BYTES: "S", v1.Kind_KIND_VOID: "V",
}

// readNpy reads a header, with nothing after it.
func readNpy(raw []byte) (*npyHeader, error) {
	if len(raw) < 12 || !bytes.HasPrefix(raw, []byte(npyMagic)) || raw[6] < 1 || raw[6] > 3 || raw[7] != 0 {
		return nil, wrong("no header of NPY 1.0, 2.0 or 3.0")
	}
	start, size := 10, int(binary.LittleEndian.Uint16(raw[8:]))
	if raw[6] > 1 {
		start, size = 12, int(binary.LittleEndian.Uint32(raw[8:]))
	}
	if size > mostHeader || start+size != len(raw) {
		return nil, wrong("an NPY header of %d bytes, of which %d are there", size, len(raw)-start)
	}
	text, err := headerText(raw[start:], raw[6] == 3)
	if err != nil {
		return nil, err
	}
	literal, err := parseLiteral(text)
	if err != nil {
		return nil, err
	}
	said, ok := literal.(map[string]any)
	if !ok || len(said) != 3 {
		return nil, wrong("an NPY header has descr, fortran_order and shape, and nothing else")
	}
	fortran, ok := said["fortran_order"].(bool)
	if !ok {
		return nil, wrong("an NPY header without fortran_order")
	}
	shape, err := shapeOf(said["shape"])
	if err != nil {
		return nil, err
	}
	dtype, err := dtypeFrom(said["descr"], 0)
	if err != nil {
		return nil, err
	}
	return &npyHeader{dtype, shape, fortran}, nil
}

func headerText(raw []byte, isUTF8 bool) (string, error) {
	if isUTF8 {
		if !utf8.Valid(raw) {
			return "", wrong("an NPY header that is no UTF-8")
		}
		return string(raw), nil
	}
	var out strings.Builder
	for _, b := range raw {
		out.WriteRune(rune(b))
	}
	return out.String(), nil
}

func shapeOf(literal any) ([]uint64, error) {
	items, ok := literal.(tuple)
	if !ok {
		return nil, wrong("a shape that is no tuple")
	}
	var shape []uint64
	for _, item := range items {
		n, ok := item.(int64)
		if !ok || n < 0 || n > largest {
			return nil, wrong("a shape has a length of %v", item)
		}
		shape = append(shape, uint64(n))
	}
	return shape, nil
}

// dtypeFrom gives the dtype that a header's descr stands for.
func dtypeFrom(descr any, depth int) (*v1.DType, error) {
	if depth > mostDTypeDepth {
		return nil, wrong("a dtype nested more than %d deep", mostDTypeDepth)
	}
	if code, ok := descr.(string); ok {
		return dtypeOfCode(code)
	}
	items, ok := descr.([]any)
	if !ok {
		return nil, wrong("a dtype that is no text and no list of fields")
	}
	d := &v1.DType{Kind: v1.Kind_KIND_STRUCT}
	for _, item := range items {
		parts, ok := item.(tuple)
		if !ok || len(parts) < 2 || len(parts) > 3 {
			return nil, wrong("a field is a name, a dtype and perhaps a shape")
		}
		field := &v1.Field{Offset: d.Itemsize}
		var err error
		if field.Dtype, err = dtypeFrom(parts[1], depth+1); err != nil {
			return nil, err
		}
		if len(parts) == 3 {
			given := parts[2]
			if n, ok := given.(int64); ok {
				given = tuple{n}
			}
			if field.Shape, err = shapeOf(given); err != nil {
				return nil, err
			}
		}
		name := parts[0]
		if titled, ok := name.(tuple); ok && len(titled) == 2 {
			if field.Title, err = titleOf(titled[0]); err != nil {
				return nil, err
			}
			name = titled[1]
		}
		if field.Name, ok = name.(string); !ok {
			return nil, wrong("a field whose name is no text")
		}
		count, err := elements(field.Shape)
		if err != nil {
			return nil, err
		}
		// Fields without a name are padding.
		if field.Name != "" || field.Dtype.Kind != v1.Kind_KIND_VOID {
			d.Fields = append(d.Fields, field)
		}
		if d.Itemsize += times(count, field.Dtype.Itemsize); d.Itemsize > mostNumPysInt {
			return nil, wrong("a record of more than %d bytes", mostNumPysInt)
		}
	}
	return d, nil
}

func titleOf(literal any) (*v1.Value, error) {
	text, ok := literal.(string)
	if !ok {
		return nil, wrong("a field whose title is no text")
	}
	return &v1.Value{Kind: &v1.Value_Text{Text: text}}, nil
}

func dtypeOfCode(code string) (*v1.DType, error) {
	none := wrong("the dtype %q, which is none of NumPy's files", code)
	rest, order := code, v1.ByteOrder_BYTE_ORDER_LITTLE
	if rest != "" && strings.ContainsRune("<>|=", rune(rest[0])) {
		if rest[0] == '>' {
			order = v1.ByteOrder_BYTE_ORDER_BIG
		}
		rest = rest[1:]
	}
	if rest == "O" {
		return &v1.DType{Kind: v1.Kind_KIND_OBJECT, Itemsize: 8}, nil
	}
	unit := ""
	if at := strings.IndexByte(rest, '['); at >= 0 && strings.HasSuffix(rest, "]") {
		rest, unit = rest[:at], rest[at+1:len(rest)-1]
	}
	if len(rest) < 2 || len(rest) > 11 {
		return nil, none
	}
	size, ok := digits(rest[1:])
	if !ok || size > mostNumPysInt/4 {
		return nil, none
	}
	d := &v1.DType{Itemsize: size}
	switch letter := rest[0]; {
	case unit != "" && letter != 'M' && letter != 'm':
		return nil, none
	case letter == 'S' || letter == 'a':
		d.Kind = v1.Kind_KIND_BYTES
	case letter == 'V':
		d.Kind = v1.Kind_KIND_VOID
	case letter == 'U':
		d.Kind, d.Itemsize, d.ByteOrder = v1.Kind_KIND_STR, 4*size, order
	default:
		if d.Kind, ok = codes[rest]; !ok {
			return nil, none
		}
		if size > 1 {
			d.ByteOrder = order
		}
	}
	switch d.Kind {
	case v1.Kind_KIND_LONGDOUBLE, v1.Kind_KIND_CLONGDOUBLE:
		d.LongDoubleLayout = v1.LongDoubleLayout_LONG_DOUBLE_LAYOUT_X87 // the envelope says where it is another
	case v1.Kind_KIND_DATETIME64, v1.Kind_KIND_TIMEDELTA64:
		if !readUnit(d, unit) {
			return nil, none
		}
	}
	return d, nil
}

func readUnit(d *v1.DType, text string) bool {
	d.TimeUnit, d.TimeMultiple = v1.TimeUnit_TIME_UNIT_GENERIC, 1
	if text == "" {
		return true
	}
	name := strings.TrimLeft(text, "0123456789")
	if count := text[:len(text)-len(name)]; count != "" {
		n, ok := digits(count)
		if !ok || n == 0 || n > mostNumPysInt {
			return false
		}
		d.TimeMultiple = uint32(n)
	}
	for i, one := range units[1:] {
		if one == name {
			d.TimeUnit = v1.TimeUnit(i + 1)
			return true
		}
	}
	return false
}

func digits(text string) (uint64, bool) {
	if text == "" || len(text) > 10 {
		return 0, false
	}
	var n uint64
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}

// headerSaysAll is whether an NPY header has words for all of a dtype, so that the envelope need not repeat it.
func headerSaysAll(d *v1.DType) bool {
	if d.GetKind() == v1.Kind_KIND_STRING || len(d.GetMetadata()) > 0 || d.GetAligned() || d.GetRecord() {
		return false
	}
	x87 := d.GetLongDoubleLayout() == v1.LongDoubleLayout_LONG_DOUBLE_LAYOUT_X87
	switch d.GetKind() {
	case v1.Kind_KIND_LONGDOUBLE:
		return x87 && d.GetItemsize() == 16
	case v1.Kind_KIND_CLONGDOUBLE:
		return x87 && d.GetItemsize() == 32
	}
	if !inOrder(d) {
		return false
	}
	for _, f := range d.GetFields() {
		if !headerSaysAll(f.GetDtype()) {
			return false
		}
	}
	return true
}

// inOrder is whether the fields of a record follow one another, without overlap.
func inOrder(d *v1.DType) bool {
	var at uint64
	for _, f := range d.GetFields() {
		if f.GetOffset() < at || !inOrder(f.GetDtype()) {
			return false
		}
		count, _ := elements(f.GetShape())
		at = f.GetOffset() + times(count, f.GetDtype().GetItemsize())
	}
	return true
}

// descr gives what a header says of a dtype.
func descr(d *v1.DType) (string, error) {
	if d.GetKind() == v1.Kind_KIND_STRING || d.GetKind() == v1.Kind_KIND_OBJECT {
		return "'|O'", nil
	}
	if !inOrder(d) {
		return fmt.Sprintf("'|V%d'", d.GetItemsize()), nil
	}
	if d.GetKind() != v1.Kind_KIND_STRUCT {
		return "'" + code(d) + "'", nil
	}
	var out []string
	var at uint64
	pad := func(to uint64) {
		if to > at {
			out = append(out, fmt.Sprintf("('', '|V%d')", to-at))
		}
		at = to
	}
	for _, f := range d.GetFields() {
		pad(f.GetOffset())
		name := pythonRepr(f.GetName())
		if f.GetTitle() != nil {
			text, ok := f.GetTitle().GetKind().(*v1.Value_Text)
			if !ok {
				return "", wrong("field %q has a title that is no text, for which an NPY header has no words here", f.GetName())
			}
			name = "(" + pythonRepr(text.Text) + ", " + name + ")"
		}
		inner, err := descr(f.GetDtype())
		if err != nil {
			return "", err
		}
		shape := ""
		if len(f.GetShape()) > 0 {
			shape = ", " + tupleText(f.GetShape())
		}
		out = append(out, "("+name+", "+inner+shape+")")
		count, _ := elements(f.GetShape())
		at += times(count, f.GetDtype().GetItemsize())
	}
	pad(d.GetItemsize())
	return "[" + strings.Join(out, ", ") + "]", nil
}

func code(d *v1.DType) string {
	order := map[v1.ByteOrder]string{v1.ByteOrder_BYTE_ORDER_LITTLE: "<", v1.ByteOrder_BYTE_ORDER_BIG: ">"}[d.GetByteOrder()]
	if order == "" {
		order = "|"
	}
	if d.GetKind() == v1.Kind_KIND_STR {
		return fmt.Sprintf("%sU%d", order, d.GetItemsize()/4)
	}
	text := fmt.Sprintf("%s%s%d", order, letters[d.GetKind()], d.GetItemsize())
	if d.GetTimeUnit() <= v1.TimeUnit_TIME_UNIT_GENERIC {
		return text
	}
	if d.GetTimeMultiple() > 1 {
		return fmt.Sprintf("%s[%d%s]", text, d.GetTimeMultiple(), units[d.GetTimeUnit()])
	}
	return text + "[" + units[d.GetTimeUnit()] + "]"
}

func tupleText(shape []uint64) string {
	var parts []string
	for _, n := range shape {
		parts = append(parts, fmt.Sprint(n))
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// pythonRepr is a text as Python's repr has it.
func pythonRepr(text string) string {
	quote := "'"
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		quote = `"`
	}
	out := strings.Builder{}
	out.WriteString(quote)
	for _, r := range text {
		switch {
		case string(r) == quote || r == '\\':
			out.WriteString(`\` + string(r))
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\r':
			out.WriteString(`\r`)
		case r == '\t':
			out.WriteString(`\t`)
		case unicode.IsPrint(r):
			out.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&out, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			fmt.Fprintf(&out, `\U%08x`, r)
		}
	}
	return out.String() + quote
}

// writeNpy gives the bytes that numpy.save writes before the data.
func writeNpy(d *v1.DType, shape []uint64, fortran bool) ([]byte, error) {
	said, err := descr(d)
	if err != nil {
		return nil, err
	}
	order := "False"
	if fortran {
		order = "True"
	}
	text := fmt.Sprintf("{'descr': %s, 'fortran_order': %s, 'shape': %s, }", said, order, tupleText(shape))
	if len(shape) > 0 {
		slowest := shape[0]
		if fortran {
			slowest = shape[len(shape)-1]
		}
		text += strings.Repeat(" ", growthDigits-len(fmt.Sprint(slowest)))
	}
	latin := make([]byte, 0, len(text))
	version := byte(1)
	for _, r := range text {
		if r > 0xff {
			version, latin = 3, []byte(text)
			break
		}
		latin = append(latin, byte(r))
	}
	padded := func(before int) []byte {
		padding := 64 - (before+len(latin)+1)%64
		return append(append(bytes.Clone(latin), bytes.Repeat([]byte(" "), padding)...), '\n')
	}
	if version == 1 {
		if header := padded(10); len(header) <= 0xffff {
			out := binary.LittleEndian.AppendUint16([]byte(npyMagic+"\x01\x00"), uint16(len(header)))
			return append(out, header...), nil
		}
		version = 2
	}
	header := padded(12)
	if len(header) > mostHeader {
		return nil, wrong("a dtype whose NPY header takes %d bytes", len(header))
	}
	out := binary.LittleEndian.AppendUint32([]byte(npyMagic+string([]byte{version, 0})), uint32(len(header)))
	return append(out, header...), nil
}
