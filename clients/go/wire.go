package masquerade

import (
	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	// Messages within messages, the file not counted.
	deepest = 100
	// Field numbers from here on are annotations, which a reader may skip.
	annotations = 100
	largest     = 1<<53 - 1
)

// checkWire refuses what protobuf's own parser lets pass and this schema does not: singular fields that come twice, unknown critical
// fields and values of enumerations, wrong wire types, numbers cut to 32 bits, messages nested too deeply, groups.
func checkWire(raw []byte, start, end int, d protoreflect.MessageDescriptor, depth int) error {
	if depth > deepest {
		return wrongAt(start, "messages are nested more than %d deep", deepest)
	}
	fields := d.Fields()
	var seen uint64
	for at := start; at < end; {
		tagAt := at
		tag, next, err := varint(raw, at, end)
		if err != nil {
			return err
		}
		at = next
		number, wire := tag>>3, int(tag&7)
		if number < 1 || number >= 1<<29 {
			return wrongAt(tagAt, "%s has a field with the impossible number %d", d.Name(), number)
		}
		field := fields.ByNumber(protoreflect.FieldNumber(number))
		if field == nil {
			if number < annotations {
				return wrongAt(tagAt, "unknown field %d in %s: a newer version wrote it, or the file is damaged", number, d.Name())
			}
			if at, err = skip(raw, at, end, wire); err != nil {
				return err
			}
			continue
		}
		expected := wireOf(field.Kind())
		packed := wire == 2 && expected != 2 && field.IsList()
		if wire != expected && !packed {
			return wrongAt(tagAt, "field %s of %s has wire type %d, not %d", field.Name(), d.Name(), wire, expected)
		}
		if !field.IsList() {
			bit := uint64(1) << number
			if oneof := field.ContainingOneof(); oneof != nil {
				bit = 1 << uint64(oneof.Fields().Get(0).Number())
			}
			if seen&bit != 0 {
				return wrongAt(tagAt, "%s has %s twice, or two of its kind", d.Name(), field.Name())
			}
			seen |= bit
		}
		switch {
		case wire == 0:
			at, err = checkNumber(raw, at, end, field)
		case wire != 2:
			at, err = skip(raw, at, end, wire)
		default:
			var stop int
			if at, stop, err = length(raw, at, end); err != nil {
				return err
			}
			if field.Kind() == protoreflect.MessageKind {
				err = checkWire(raw, at, stop, field.Message(), depth+1)
				at = stop
			} else if packed {
				for at < stop && err == nil {
					if expected == 0 {
						at, err = checkNumber(raw, at, stop, field)
					} else {
						at, err = skip(raw, at, stop, expected)
					}
				}
			} else {
				at = stop
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func wireOf(kind protoreflect.Kind) int {
	switch kind {
	case protoreflect.Fixed32Kind:
		return 5
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return 1
	case protoreflect.BytesKind, protoreflect.StringKind, protoreflect.MessageKind:
		return 2
	default:
		return 0
	}
}

func checkNumber(raw []byte, at, end int, field protoreflect.FieldDescriptor) (int, error) {
	value, next, err := varint(raw, at, end)
	if err != nil {
		return 0, err
	}
	most := uint64(largest)
	switch field.Kind() {
	case protoreflect.EnumKind:
		if value > 1<<31-1 || field.Enum().Values().ByNumber(protoreflect.EnumNumber(value)) == nil {
			return 0, wrongAt(at, "%s has the unknown value %d: a newer version wrote it, or the file is damaged", field.FullName(), value)
		}
	case protoreflect.BoolKind:
		most = 1
	case protoreflect.Uint32Kind:
		most = 1<<32 - 1
	}
	if value > most {
		return 0, wrongAt(at, "%s is %d, more than %d", field.FullName(), value, most)
	}
	return next, nil
}

func varint(raw []byte, at, end int) (uint64, int, error) {
	var value uint64
	for i := range 10 {
		if at+i >= end {
			return 0, 0, wrongAt(at, "a number is cut off")
		}
		b := raw[at+i]
		if i == 9 && b > 1 {
			break
		}
		value |= uint64(b&127) << (7 * i)
		if b < 128 {
			return value, at + i + 1, nil
		}
	}
	return 0, 0, wrongAt(at, "a number has more than 64 bits")
}

func length(raw []byte, at, end int) (int, int, error) {
	value, next, err := varint(raw, at, end)
	if err != nil {
		return 0, 0, err
	}
	if value > uint64(end-next) {
		return 0, 0, wrongAt(at, "%d bytes are said to follow, there are %d", value, end-next)
	}
	return next, next + int(value), nil
}

func skip(raw []byte, at, end, wire int) (int, error) {
	size := 0
	switch wire {
	case 0:
		_, next, err := varint(raw, at, end)
		return next, err
	case 1:
		size = 8
	case 2:
		_, stop, err := length(raw, at, end)
		return stop, err
	case 5:
		size = 4
	default:
		return 0, wrongAt(at, "a field of wire type %d", wire)
	}
	if end-at < size {
		return 0, wrongAt(at, "%d bytes are cut off", size)
	}
	return at + size, nil
}
