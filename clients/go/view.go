package masquerade

import (
	"slices"

	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
)

// View is a strided view of the elements of an array and of their mask: nothing is copied. Slices, transposes and fields of it are
// views of the same bytes.
type View struct {
	dtype                *v1.DType
	shape                []int
	data, mask           []byte
	dataAt, maskAt       int
	dataSteps, maskSteps []int
}

// View gives a view of the whole array. There is none of arrays of objects, whose elements are Message.Objects.
func (a *Array) View() (View, error) {
	m := a.Message
	if ofObjects(m.GetDtype()) {
		return View{}, wrong("an array of objects has no bytes; its elements are in Message.Objects")
	}
	v := View{dtype: m.GetDtype(), data: a.Data, mask: a.Mask}
	for _, n := range m.GetShape() {
		v.shape = append(v.shape, int(n))
	}
	v.dataSteps = steps(v.shape, int(v.dtype.GetItemsize()), m.GetOrder())
	v.maskSteps = steps(v.shape, int(bools(v.dtype)), m.GetOrder())
	return v, nil
}

func steps(shape []int, unit int, order v1.Order) []int {
	out := make([]int, len(shape))
	for i := range shape {
		axis := len(shape) - 1 - i
		if order == v1.Order_ORDER_F {
			axis = i
		}
		out[axis] = unit
		unit *= shape[axis]
	}
	return out
}

// DType gives the dtype of the elements.
func (v View) DType() *v1.DType { return v.dtype }

// Shape gives the lengths of the axes.
func (v View) Shape() []int { return slices.Clone(v.shape) }

// Strides gives the bytes from one element to the next on each axis.
func (v View) Strides() []int { return slices.Clone(v.dataSteps) }

// HasMask says whether there is a mask: without one nothing is masked.
func (v View) HasMask() bool { return v.mask != nil }

// Bytes gives the bytes of an element where they lie. It panics on an index out of range, as a slice does.
func (v View) Bytes(index ...int) []byte {
	at := v.dataAt + v.place(index, v.dataSteps)
	return v.data[at : at+int(v.dtype.GetItemsize())]
}

// Masked says whether an element is masked; a record is when all of its fields are. It panics on an index out of range.
func (v View) Masked(index ...int) bool {
	place := v.place(index, v.maskSteps)
	if v.mask == nil {
		return false
	}
	count := int(bools(v.dtype))
	at := v.maskAt + place
	return count > 0 && !slices.Contains(v.mask[at:at+count], 0)
}

func (v View) place(index, steps []int) int {
	if len(index) != len(v.shape) {
		panic(wrong("%d indices for %d axes", len(index), len(v.shape)))
	}
	at := 0
	for axis, i := range index {
		if i < 0 || i >= v.shape[axis] {
			panic(wrong("index %d is out of range for axis %d of length %d", i, axis, v.shape[axis]))
		}
		at += i * steps[axis]
	}
	return at
}

// Slice gives the elements start, start + step, ... before stop (after it, where step is negative) of an axis.
func (v View) Slice(axis, start, stop, step int) (View, error) {
	if axis < 0 || axis >= len(v.shape) {
		return View{}, wrong("axis %d of %d", axis, len(v.shape))
	}
	n := v.shape[axis]
	if step == 0 || start < 0 || start > n || stop < -1 || stop > n || (step < 0 && start == n && n > 0) {
		return View{}, wrong("the slice %d:%d:%d of an axis of length %d", start, stop, step, n)
	}
	count := 0
	if step > 0 && stop > start {
		count = (stop - start + step - 1) / step
	} else if step < 0 && stop < start {
		count = (start - stop - step - 1) / -step
	}
	out := v.copied()
	out.shape[axis] = count
	if count > 0 {
		out.dataAt += start * v.dataSteps[axis]
		out.maskAt += start * v.maskSteps[axis]
	}
	out.dataSteps[axis] *= step
	out.maskSteps[axis] *= step
	return out, nil
}

// Transpose reverses the axes.
func (v View) Transpose() View {
	out := v.copied()
	slices.Reverse(out.shape)
	slices.Reverse(out.dataSteps)
	slices.Reverse(out.maskSteps)
	return out
}

// Field gives the view of one field of records. A sub-array field adds its axes at the end.
func (v View) Field(name string) (View, error) {
	before := 0
	for _, f := range v.dtype.GetFields() {
		inner := int(bools(f.GetDtype()))
		shape := []int{}
		count := 1
		for _, n := range f.GetShape() {
			shape = append(shape, int(n))
			count *= int(n)
		}
		if f.GetName() != name {
			before += count * inner
			continue
		}
		out := v.copied()
		out.dtype = f.GetDtype()
		out.dataAt += int(f.GetOffset())
		out.maskAt += before
		out.shape = append(out.shape, shape...)
		out.dataSteps = append(out.dataSteps, steps(shape, int(f.GetDtype().GetItemsize()), v1.Order_ORDER_C)...)
		out.maskSteps = append(out.maskSteps, steps(shape, inner, v1.Order_ORDER_C)...)
		return out, nil
	}
	return View{}, wrong("there is no field %q", name)
}

func (v View) copied() View {
	v.shape, v.dataSteps, v.maskSteps = slices.Clone(v.shape), slices.Clone(v.dataSteps), slices.Clone(v.maskSteps)
	return v
}

// Each calls f with the index of every element in C order, until it returns false. The index is reused.
func (v View) Each(f func(index []int) bool) {
	if slices.Contains(v.shape, 0) {
		return
	}
	index := make([]int, len(v.shape))
	for f(index) {
		axis := len(index) - 1
		for ; axis >= 0; axis-- {
			if index[axis]++; index[axis] < v.shape[axis] {
				break
			}
			index[axis] = 0
		}
		if axis < 0 {
			return
		}
	}
}
