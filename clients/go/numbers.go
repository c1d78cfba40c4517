package masquerade

import (
	"encoding/binary"
	"math"

	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
)

// Float16 is the bits of an IEEE 754 binary16.
type Float16 uint16

// Float64 gives the number exactly.
func (h Float16) Float64() float64 {
	sign := 1.0
	if h&0x8000 != 0 {
		sign = -1
	}
	exponent, fraction := int(h>>10&31), float64(h&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}

// Datetime64 is a count of the dtype's units since 1970; Timedelta64 a count of them. NaT is the smallest of both.
type (
	Datetime64  int64
	Timedelta64 int64
)

// Element is the Go type of an element.
type Element interface {
	bool | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | Float16 | float32 | float64 | complex64 | complex128 | Datetime64 | Timedelta64
}

// Numbers is a view whose elements are read as T.
type Numbers[T Element] struct {
	View
	big bool
}

// As reads the elements of a view as numbers of the Go type that is the dtype's. It never converts: an error where it is another.
func As[T Element](v View) (Numbers[T], error) {
	if !matches[T](v.dtype) {
		var none T
		return Numbers[T]{}, wrong("elements of %s are no %T", v.dtype.GetKind(), none)
	}
	return Numbers[T]{v, v.dtype.GetByteOrder() == v1.ByteOrder_BYTE_ORDER_BIG}, nil
}

// Of gives a view of the whole array as numbers.
func Of[T Element](a *Array) (Numbers[T], error) {
	v, err := a.View()
	if err != nil {
		return Numbers[T]{}, err
	}
	return As[T](v)
}

// At gives an element, also where it is masked. It panics on an index out of range.
func (n Numbers[T]) At(index ...int) T { return decode[T](n.Bytes(index...), n.big) }

// Values copies all elements in C order, those beneath the mask too.
func (n Numbers[T]) Values() []T {
	out := []T{}
	n.Each(func(index []int) bool {
		out = append(out, n.At(index...))
		return true
	})
	return out
}

// Filled copies all elements in C order with a value in place of those masked.
func (n Numbers[T]) Filled(fill T) []T {
	out := []T{}
	n.Each(func(index []int) bool {
		if n.Masked(index...) {
			out = append(out, fill)
		} else {
			out = append(out, n.At(index...))
		}
		return true
	})
	return out
}

func dtypeOf[T Element]() *v1.DType {
	kind, size := kindOf[T]()
	d := &v1.DType{Kind: kind, Itemsize: size}
	if ordered(kind) {
		d.ByteOrder = v1.ByteOrder_BYTE_ORDER_LITTLE
	}
	if kind == v1.Kind_KIND_DATETIME64 || kind == v1.Kind_KIND_TIMEDELTA64 {
		d.TimeUnit, d.TimeMultiple = v1.TimeUnit_TIME_UNIT_GENERIC, 1
	}
	return d
}

func matches[T Element](d *v1.DType) bool {
	kind, _ := kindOf[T]()
	return d.GetKind() == kind
}

func kindOf[T Element]() (v1.Kind, uint64) {
	var one T
	switch any(one).(type) {
	case bool:
		return v1.Kind_KIND_BOOL, 1
	case int8:
		return v1.Kind_KIND_INT8, 1
	case int16:
		return v1.Kind_KIND_INT16, 2
	case int32:
		return v1.Kind_KIND_INT32, 4
	case int64:
		return v1.Kind_KIND_INT64, 8
	case uint8:
		return v1.Kind_KIND_UINT8, 1
	case uint16:
		return v1.Kind_KIND_UINT16, 2
	case uint32:
		return v1.Kind_KIND_UINT32, 4
	case uint64:
		return v1.Kind_KIND_UINT64, 8
	case Float16:
		return v1.Kind_KIND_FLOAT16, 2
	case float32:
		return v1.Kind_KIND_FLOAT32, 4
	case float64:
		return v1.Kind_KIND_FLOAT64, 8
	case complex64:
		return v1.Kind_KIND_COMPLEX64, 8
	case complex128:
		return v1.Kind_KIND_COMPLEX128, 16
	case Datetime64:
		return v1.Kind_KIND_DATETIME64, 8
	}
	return v1.Kind_KIND_TIMEDELTA64, 8
}

func decode[T Element](raw []byte, big bool) T {
	var order binary.ByteOrder = binary.LittleEndian
	if big {
		order = binary.BigEndian
	}
	var out T
	switch p := any(&out).(type) {
	case *bool:
		*p = raw[0] != 0
	case *int8:
		*p = int8(raw[0])
	case *uint8:
		*p = raw[0]
	case *int16:
		*p = int16(order.Uint16(raw))
	case *uint16:
		*p = order.Uint16(raw)
	case *Float16:
		*p = Float16(order.Uint16(raw))
	case *int32:
		*p = int32(order.Uint32(raw))
	case *uint32:
		*p = order.Uint32(raw)
	case *float32:
		*p = math.Float32frombits(order.Uint32(raw))
	case *int64:
		*p = int64(order.Uint64(raw))
	case *uint64:
		*p = order.Uint64(raw)
	case *Datetime64:
		*p = Datetime64(order.Uint64(raw))
	case *Timedelta64:
		*p = Timedelta64(order.Uint64(raw))
	case *float64:
		*p = math.Float64frombits(order.Uint64(raw))
	case *complex64:
		*p = complex(math.Float32frombits(order.Uint32(raw)), math.Float32frombits(order.Uint32(raw[4:])))
	case *complex128:
		*p = complex(math.Float64frombits(order.Uint64(raw)), math.Float64frombits(order.Uint64(raw[8:])))
	}
	return out
}

func encode[T Element](values []T) []byte {
	_, size := kindOf[T]()
	// Of fixed size, so there is no error.
	out, _ := binary.Append(make([]byte, 0, len(values)*int(size)), binary.LittleEndian, values)
	return out
}
