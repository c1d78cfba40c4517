package masquerade

import (
	"fmt"

	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
)

// visitor is told of what a content consists of, in canonical order. Nothing that it leaves nil is told.
type visitor struct {
	array  func(*v1.Array) error
	dtype  func(*v1.DType) error
	bundle func(*v1.Bundle) error
	value  func(*v1.Value) error
	names  func([]*v1.Attribute) error
}

func within(err error, format string, args ...any) error {
	if e, ok := err.(*Error); ok {
		return &Error{fmt.Sprintf(format, args...) + ": " + e.Message, e.Offset}
	}
	return err
}

func (v *visitor) walkContent(file *v1.File) error {
	switch content := file.GetContent().(type) {
	case *v1.File_Array:
		return v.walkArray(content.Array)
	case *v1.File_Bundle:
		return v.walkBundle(content.Bundle)
	}
	return wrong("the file has no content")
}

func (v *visitor) walkArray(a *v1.Array) error {
	if err := v.walkDType(a.GetDtype()); err != nil {
		return err
	}
	if err := v.array(a); err != nil {
		return err
	}
	if fill := a.GetFillValue(); fill != nil {
		if err := v.walkDType(fill.GetDtype()); err != nil {
			return within(err, "the fill value")
		}
		if fill.GetObject() != nil {
			if err := v.walkValue(fill.GetObject()); err != nil {
				return within(err, "the fill value")
			}
		}
	}
	if err := v.walkNames(a.GetAttributes()); err != nil {
		return err
	}
	return v.walkValues(a.GetObjects())
}

func (v *visitor) walkDType(d *v1.DType) error {
	if v.dtype != nil {
		if err := v.dtype(d); err != nil {
			return err
		}
	}
	for _, f := range d.GetFields() {
		if f.GetTitle() != nil {
			if err := v.walkValue(f.GetTitle()); err != nil {
				return err
			}
		}
		if err := (&visitor{array: v.array, bundle: v.bundle, value: v.value, names: v.names}).walkDType(f.GetDtype()); err != nil {
			return err
		}
	}
	if d.GetNaObject() != nil {
		if err := v.walkValue(d.GetNaObject()); err != nil {
			return err
		}
	}
	return v.walkNames(d.GetMetadata())
}

func (v *visitor) walkBundle(b *v1.Bundle) error {
	if v.bundle != nil {
		if err := v.bundle(b); err != nil {
			return err
		}
	}
	for _, e := range b.GetEntries() {
		var err error
		switch member := e.GetMember().(type) {
		case *v1.Entry_Array:
			err = v.walkArray(member.Array)
		case *v1.Entry_Bundle:
			err = v.walkBundle(member.Bundle)
		default:
			err = wrong("the member is nothing at all")
		}
		if err != nil {
			return within(err, "member %q", e.GetName())
		}
	}
	if err := v.walkNames(b.GetAttributes()); err != nil {
		return err
	}
	return v.walkNames(b.GetKeys())
}

func (v *visitor) walkNames(attributes []*v1.Attribute) error {
	if v.names != nil {
		if err := v.names(attributes); err != nil {
			return err
		}
	}
	for _, a := range attributes {
		if err := v.walkValue(a.GetValue()); err != nil {
			return within(err, "attribute %q", a.GetName())
		}
	}
	return nil
}

func (v *visitor) walkValues(values []*v1.Value) error {
	for _, one := range values {
		if err := v.walkValue(one); err != nil {
			return err
		}
	}
	return nil
}

func (v *visitor) walkValue(value *v1.Value) error {
	if v.value != nil {
		if err := v.value(value); err != nil {
			return err
		}
	}
	switch kind := value.GetKind().(type) {
	case *v1.Value_List:
		return v.walkValues(kind.List.GetItems())
	case *v1.Value_Tuple:
		return v.walkValues(kind.Tuple.GetItems())
	case *v1.Value_Dict:
		for _, item := range kind.Dict.GetItems() {
			if err := v.walkValues([]*v1.Value{item.GetKey(), item.GetValue()}); err != nil {
				return err
			}
		}
	case *v1.Value_Array:
		return v.walkArray(kind.Array)
	case *v1.Value_Bundle:
		return v.walkBundle(kind.Bundle)
	case nil:
		return wrong("a value is nothing at all")
	}
	return nil
}
