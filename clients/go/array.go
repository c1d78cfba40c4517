package masquerade

import (
	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
)

// Array is an array of a file.
type Array struct {
	// Message says what the array is: dtype, shape, order, fill value, attributes, names of axes, objects.
	Message *v1.Array
	// Data are the bytes of the elements in Message.Order, in the byte order of the dtype. None for arrays of objects.
	Data []byte
	// Mask has a byte for each bool, not 0 where masked, in the order of the data; for records one for each field. Nil: no mask at all.
	Mask []byte
}

// Array finds an array by the names of the bundles it lies in and its own; without names, the one of a file that has one only.
func (f *File) Array(names ...string) (*Array, error) {
	if len(names) == 0 {
		if f.Message.GetArray() == nil {
			return nil, wrong("the file holds several arrays; say the name of one")
		}
		return f.arrays[f.Message.GetArray()], nil
	}
	bundle := f.Message.GetBundle()
	for i, name := range names {
		var entry *v1.Entry
		for _, e := range bundle.GetEntries() {
			if e.GetName() == name {
				entry = e
			}
		}
		if i == len(names)-1 && entry.GetArray() != nil {
			return f.arrays[entry.GetArray()], nil
		}
		bundle = entry.GetBundle()
		if bundle == nil {
			break
		}
	}
	return nil, wrong("there is no array %q", names)
}

// Of gives the array of a message Array anywhere within the content: in attributes and objects too.
func (f *File) Of(message *v1.Array) *Array { return f.arrays[message] }

// Attach says which array a message Array within the content is: what [Marshal] takes its bytes from.
func (f *File) Attach(array *Array) {
	if f.arrays == nil {
		f.arrays = map[*v1.Array]*Array{}
	}
	f.arrays[array.Message] = array
}

// NewFile makes a file of one array.
func NewFile(array *Array) *File {
	f := &File{Message: &v1.File{Content: &v1.File_Array{Array: array.Message}}}
	f.Attach(array)
	return f
}

// Member is an array of a bundle and its name.
type Member struct {
	Name  string
	Array *Array
}

// NewBundle makes a file of a dict of arrays.
func NewBundle(members ...Member) *File {
	bundle := &v1.Bundle{Kind: v1.BundleKind_BUNDLE_KIND_DICT}
	f := &File{Message: &v1.File{Content: &v1.File_Bundle{Bundle: bundle}}}
	for _, m := range members {
		bundle.Entries = append(bundle.Entries, &v1.Entry{Name: m.Name, Member: &v1.Entry_Array{Array: m.Array.Message}})
		f.Attach(m.Array)
	}
	return f
}

// New makes an array in C order of numbers, written little-endian. A mask of nil makes a plain array; an empty one (not nil, of no
// bools where there are elements) a masked array without a mask, NumPy's nomask.
func New[T Element](shape []int, values []T, mask []bool) (*Array, error) {
	dtype := dtypeOf[T]()
	message := &v1.Array{Dtype: dtype, Order: v1.Order_ORDER_C}
	for _, n := range shape {
		if n < 0 {
			return nil, wrong("a shape of %v", shape)
		}
		message.Shape = append(message.Shape, uint64(n))
	}
	size, err := elements(message.GetShape())
	if err != nil {
		return nil, err
	}
	if uint64(len(values)) != size {
		return nil, wrong("shape %v has %d elements, there are %d", shape, size, len(values))
	}
	a := &Array{Message: message, Data: encode(values)}
	if mask == nil {
		return a, nil
	}
	message.Masked = true
	if len(mask) == 0 && size > 0 {
		return a, nil
	}
	if uint64(len(mask)) != size {
		return nil, wrong("a mask of %d bools for %d elements", len(mask), size)
	}
	a.Mask = make([]byte, len(mask))
	for i, masked := range mask {
		if masked {
			a.Mask[i] = 1
		}
	}
	return a, nil
}

// SetFill gives a masked array of numbers a fill value of its own dtype.
func SetFill[T Element](a *Array, fill T) error {
	if !a.Message.GetMasked() {
		return wrong("an array that is not masked has no fill value")
	}
	a.Message.FillValue = &v1.FillValue{Dtype: dtypeOf[T](), Data: encode([]T{fill})}
	return nil
}

// Fill gives the fill value of an array as a number, where one of type T was set.
func Fill[T Element](a *Array) (T, bool) {
	fill := a.Message.GetFillValue()
	if fill == nil || !matches[T](fill.GetDtype()) {
		var none T
		return none, false
	}
	return decode[T](fill.GetData(), fill.GetDtype().GetByteOrder() == v1.ByteOrder_BYTE_ORDER_BIG), true
}
