package masquerade

import (
	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
)

const (
	mostDims        = 64
	mostFields      = 32768
	mostDTypeDepth  = 64
	mostOfNoBytes   = 1<<31 - 1
	mostNumPysInt   = 1<<31 - 1
	mostDigitsBytes = 4300*416/1000 + 8
)

// itemsizes of the kinds that have one; 0 for those whose dtype says it.
var itemsizes = map[v1.Kind]uint64{
	v1.Kind_KIND_BOOL: 1, v1.Kind_KIND_INT8: 1, v1.Kind_KIND_INT16: 2, v1.Kind_KIND_INT32: 4, v1.Kind_KIND_INT64: 8,
	v1.Kind_KIND_UINT8: 1, v1.Kind_KIND_UINT16: 2, v1.Kind_KIND_UINT32: 4, v1.Kind_KIND_UINT64: 8,
	v1.Kind_KIND_FLOAT16: 2, v1.Kind_KIND_FLOAT32: 4, v1.Kind_KIND_FLOAT64: 8,
	v1.Kind_KIND_COMPLEX64: 8, v1.Kind_KIND_COMPLEX128: 16,
	v1.Kind_KIND_DATETIME64: 8, v1.Kind_KIND_TIMEDELTA64: 8, v1.Kind_KIND_OBJECT: 8, v1.Kind_KIND_STRING: 16,
}

// ordered says whether elements of a kind have a byte order.
func ordered(kind v1.Kind) bool {
	switch kind {
	case v1.Kind_KIND_BOOL, v1.Kind_KIND_INT8, v1.Kind_KIND_UINT8, v1.Kind_KIND_BYTES, v1.Kind_KIND_VOID, v1.Kind_KIND_STRUCT,
		v1.Kind_KIND_OBJECT, v1.Kind_KIND_STRING:
		return false
	}
	return true
}

// ofObjects says whether the elements are values in Array.objects.
func ofObjects(d *v1.DType) bool {
	return d.GetKind() == v1.Kind_KIND_OBJECT || d.GetKind() == v1.Kind_KIND_STRING
}

// hasObjects says whether a dtype is, or contains, one of objects.
func hasObjects(d *v1.DType) bool {
	for _, f := range d.GetFields() {
		if hasObjects(f.GetDtype()) {
			return true
		}
	}
	return ofObjects(d)
}

// times multiplies counts. Products above 2^53 - 1 stay there: nothing has so many bytes.
func times(a, b uint64) uint64 {
	if b != 0 && a > largest/b {
		return largest
	}
	return a * b
}

// elements gives the product of a shape, refusing one that cannot be counted even without its zeros.
func elements(shape []uint64) (uint64, error) {
	if len(shape) > mostDims {
		return 0, wrong("%d dimensions; there are at most %d", len(shape), mostDims)
	}
	size, nonzero := uint64(1), uint64(1)
	for _, n := range shape {
		if n > largest || nonzero > largest/max(n, 1) {
			return 0, wrong("shape %v cannot be counted", shape)
		}
		size *= n
		nonzero *= max(n, 1)
	}
	return size, nil
}

// bools gives how many an element of a dtype has in a mask: one, or one for each field of a record.
func bools(d *v1.DType) uint64 {
	if d.GetKind() != v1.Kind_KIND_STRUCT {
		return 1
	}
	var count uint64
	for _, f := range d.GetFields() {
		size, _ := elements(f.GetShape())
		count += times(size, bools(f.GetDtype()))
	}
	return min(count, largest)
}

// checkDType refuses what NumPy cannot have. Values within it (titles, metadata) are the walk's.
func (r *reader) checkDType(d *v1.DType, depth int) error {
	if d == nil {
		return wrong("something has no dtype")
	}
	if depth > mostDTypeDepth {
		return wrong("a dtype nested more than %d deep", mostDTypeDepth)
	}
	kind := d.GetKind()
	time := kind == v1.Kind_KIND_DATETIME64 || kind == v1.Kind_KIND_TIMEDELTA64
	long := kind == v1.Kind_KIND_LONGDOUBLE || kind == v1.Kind_KIND_CLONGDOUBLE
	size := d.GetItemsize()
	switch {
	case kind == v1.Kind_KIND_UNSPECIFIED:
		return wrong("a dtype does not say its kind")
	case ordered(kind) != (d.GetByteOrder() != v1.ByteOrder_BYTE_ORDER_UNSPECIFIED):
		return wrong("a dtype of %s with byte order %s", kind, d.GetByteOrder())
	case time != (d.GetTimeUnit() != 0) || time != (d.GetTimeMultiple() != 0) || d.GetTimeMultiple() > mostNumPysInt,
		d.GetTimeUnit() == v1.TimeUnit_TIME_UNIT_GENERIC && d.GetTimeMultiple() != 1:
		return wrong("a dtype of %s with %d of unit %s", kind, d.GetTimeMultiple(), d.GetTimeUnit())
	case long != (d.GetLongDoubleLayout() != 0):
		return wrong("a dtype of %s with layout %s", kind, d.GetLongDoubleLayout())
	case kind != v1.Kind_KIND_STRUCT && (len(d.GetFields()) > 0 || d.GetAligned() || d.GetAlignment() != 0 || d.GetRecord()):
		return wrong("a dtype of %s with fields", kind)
	case kind != v1.Kind_KIND_STRING && (d.GetNoCoerce() || d.GetNaObject() != nil):
		return wrong("a dtype of %s as if it were StringDType", kind)
	case itemsizes[kind] != 0 && itemsizes[kind] != size, size > mostNumPysInt, kind == v1.Kind_KIND_STR && size%4 != 0,
		long && !longSize(d.GetLongDoubleLayout(), kind, size):
		return wrong("a dtype of %s with %d bytes", kind, size)
	case d.GetAligned() != (d.GetAlignment() != 0) || d.GetAlignment() > mostNumPysInt:
		return wrong("a record is aligned to nothing, or not aligned")
	}
	return r.checkFields(d, depth)
}

func longSize(layout v1.LongDoubleLayout, kind v1.Kind, size uint64) bool {
	if kind == v1.Kind_KIND_CLONGDOUBLE {
		if size%2 != 0 {
			return false
		}
		size /= 2
	}
	switch layout {
	case v1.LongDoubleLayout_LONG_DOUBLE_LAYOUT_X87:
		return size == 12 || size == 16
	case v1.LongDoubleLayout_LONG_DOUBLE_LAYOUT_DOUBLE:
		return size == 8
	}
	return size == 16
}

func (r *reader) checkFields(d *v1.DType, depth int) error {
	names := map[string]bool{}
	for _, f := range d.GetFields() {
		if r.fields++; r.fields > mostFields {
			return wrong("more than %d fields", mostFields)
		}
		if names[f.GetName()] {
			return wrong("field name %q occurs twice", f.GetName())
		}
		names[f.GetName()] = true
		if err := r.checkDType(f.GetDtype(), depth+1); err != nil {
			return within(err, "field %q", f.GetName())
		}
		count, err := elements(f.GetShape())
		if err != nil {
			return within(err, "field %q", f.GetName())
		}
		if end := f.GetOffset() + times(count, f.GetDtype().GetItemsize()); end > d.GetItemsize() {
			return wrong("field %q ends at byte %d of a record of %d", f.GetName(), end, d.GetItemsize())
		}
	}
	return nil
}
