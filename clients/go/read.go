package masquerade

import (
	"bytes"
	"hash/crc32"
	"math/big"
	"os"
	"strconv"

	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
	"google.golang.org/protobuf/proto"
)

const (
	magic   = 0x3151534d
	version = 1
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// File is what a file holds: one array, or a bundle of them.
type File struct {
	// Message is the content as generated code has it; its buffers are taken out.
	Message *v1.File
	arrays  map[*v1.Array]*Array
}

// Load reads a file. What is wrong with it is an [*Error].
func Load(path string) (*File, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Unmarshal(raw)
}

// Unmarshal reads the bytes of a file: everything is checked, masks are unpacked, checksums verified. What is wrong is an [*Error].
func Unmarshal(raw []byte) (*File, error) {
	if !bytes.HasPrefix(raw, []byte("\rMSQ1")) {
		return nil, wrongAt(0, "the file does not begin with File.magic, 0d 4d 53 51 31")
	}
	message := &v1.File{}
	if err := checkWire(raw, 0, len(raw), message.ProtoReflect().Descriptor(), 0); err != nil {
		return nil, err
	}
	if err := proto.Unmarshal(raw, message); err != nil {
		return nil, wrong("no message of this schema: %v", err)
	}
	if message.GetVersion() != version {
		return nil, wrong("version %d of the schema; %d is known", message.GetVersion(), version)
	}
	r := newReader(message.GetBuffers(), map[*v1.Array]*Array{})
	if err := r.visitor(r.array).walkContent(message); err != nil {
		return nil, err
	}
	if err := r.finish(); err != nil {
		return nil, err
	}
	message.Buffers = nil
	return &File{message, r.arrays}, nil
}

// finish refuses buffers that nothing uses.
func (r *reader) finish() error {
	for i, taken := range r.taken {
		if !taken {
			return wrong("no array uses buffer %d", i+1)
		}
	}
	return nil
}

func newReader(buffers []*v1.Buffer, arrays map[*v1.Array]*Array) *reader {
	return &reader{buffers: buffers, taken: make([]bool, len(buffers)), arrays: arrays}
}

// visitor checks all that there is, arrays with the function given.
func (r *reader) visitor(array func(*v1.Array) error) *visitor {
	v := &visitor{array: array, bundle: checkBundle, value: checkValue, names: checkNames}
	v.dtype = func(d *v1.DType) error { return r.checkDType(d, 0) }
	return v
}

type reader struct {
	buffers []*v1.Buffer
	taken   []bool
	fields  int
	arrays  map[*v1.Array]*Array
}

func (r *reader) take(index uint32) ([]byte, error) {
	if index == 0 || uint64(index) > uint64(len(r.buffers)) {
		return nil, wrong("buffer %d of %d is not there", index, len(r.buffers))
	}
	if r.taken[index-1] {
		return nil, wrong("buffer %d is used twice", index)
	}
	r.taken[index-1] = true
	buffer := r.buffers[index-1]
	for _, b := range buffer.GetPadding() {
		if b != 0 {
			return nil, wrong("padding is not zero")
		}
	}
	if sum := buffer.GetChecksum(); sum != nil {
		if sum.GetKind() == v1.ChecksumKind_CHECKSUM_KIND_UNSPECIFIED || sum.Value == nil {
			return nil, wrong("a checksum lacks its kind or its value")
		}
		if checksum(sum.GetKind(), buffer.GetData()) != sum.GetValue() {
			return nil, wrong("the checksum (%s) of buffer %d is wrong", sum.GetKind(), index)
		}
	}
	return buffer.GetData(), nil
}

func checksum(kind v1.ChecksumKind, data []byte) uint32 {
	if kind == v1.ChecksumKind_CHECKSUM_KIND_CRC32 {
		return crc32.ChecksumIEEE(data)
	}
	return crc32.Checksum(data, castagnoli)
}

// said checks what an array says of itself, its fill value included, and gives its number of elements.
func (r *reader) said(a *v1.Array) (uint64, error) {
	if a.GetOrder() == v1.Order_ORDER_UNSPECIFIED {
		return 0, wrong("an array does not say its order")
	}
	if a.Dims != nil && len(a.GetDims().GetNames()) != len(a.GetShape()) {
		return 0, wrong("%d names for %d axes", len(a.GetDims().GetNames()), len(a.GetShape()))
	}
	if !a.GetMasked() && (a.Mask != nil || a.FillValue != nil || a.GetDataSubclass() != 0 || a.GetHardMask() || a.GetHiddenDropped()) {
		return 0, wrong("an array that is not masked has a mask, a fill value or a hard mask")
	}
	if a.GetHiddenDropped() && a.Mask == nil {
		return 0, wrong("values are hidden without a mask")
	}
	size, err := elements(a.GetShape())
	if err != nil {
		return 0, err
	}
	if a.GetDtype().GetItemsize() == 0 && size > mostOfNoBytes {
		return 0, wrong("%d elements of no bytes", size)
	}
	return size, checkFill(a.GetFillValue(), r)
}

func (r *reader) array(a *v1.Array) error {
	size, err := r.said(a)
	if err != nil {
		return err
	}
	found := &Array{Message: a}
	if ofObjects(a.GetDtype()) {
		err = checkObjects(a, size)
	} else {
		found.Data, err = r.data(a, size)
	}
	if err != nil {
		return err
	}
	if a.Mask != nil {
		if found.Mask, err = r.mask(a, size); err != nil {
			return err
		}
	}
	r.arrays[a] = found
	return nil
}

func (r *reader) data(a *v1.Array, size uint64) ([]byte, error) {
	if hasObjects(a.GetDtype()) {
		return nil, wrong("records of objects are not defined")
	}
	if len(a.GetObjects()) > 0 {
		return nil, wrong("an array of bytes has objects")
	}
	data, err := r.take(a.GetDataBuffer())
	if err != nil {
		return nil, err
	}
	if need := times(size, a.GetDtype().GetItemsize()); need != uint64(len(data)) {
		return nil, wrong("shape %v of %d-byte elements takes %d bytes, there are %d", a.GetShape(), a.GetDtype().GetItemsize(), need, len(data))
	}
	return data, nil
}

func (r *reader) mask(a *v1.Array, size uint64) ([]byte, error) {
	count := times(size, bools(a.GetDtype()))
	mask := a.GetMask()
	if mask.GetCount() != count {
		return nil, wrong("a mask of %d bools where there are %d", mask.GetCount(), count)
	}
	runs := mask.GetEncoding() == v1.MaskEncoding_MASK_ENCODING_RUN_LENGTH
	if runs && !ofObjects(a.GetDtype()) && count > times(size, a.GetDtype().GetItemsize()) {
		return nil, wrong("a run-length mask of more bools than the array has bytes of data")
	}
	raw, err := r.take(mask.GetBuffer())
	if err != nil {
		return nil, err
	}
	if !runs && count > 8*uint64(len(raw)) {
		return nil, wrong("%d bytes hold no mask of %d bools", len(raw), count)
	}
	return decodeMask(raw, mask.GetEncoding(), int(count))
}

func checkObjects(a *v1.Array, size uint64) error {
	if a.GetDataBuffer() != 0 {
		return wrong("an array of objects has a data buffer")
	}
	if size != uint64(len(a.GetObjects())) {
		return wrong("%d elements, but %d objects", size, len(a.GetObjects()))
	}
	for _, object := range a.GetObjects() {
		if err := checkElement(a.GetDtype(), object); err != nil {
			return err
		}
	}
	return nil
}

func checkElement(d *v1.DType, object *v1.Value) error {
	if d.GetKind() != v1.Kind_KIND_STRING {
		return nil
	}
	_, text := object.GetKind().(*v1.Value_Text)
	_, none := object.GetKind().(*v1.Value_None)
	if !text && !(none && d.GetNaObject() != nil) {
		return wrong("an element of a StringDType array is no text")
	}
	return nil
}

func checkFill(fill *v1.FillValue, r *reader) error {
	if fill == nil {
		return nil
	}
	d := fill.GetDtype()
	if err := r.checkDType(d, 0); err != nil {
		return within(err, "the fill value")
	}
	if ofObjects(d) != (fill.GetObject() != nil) {
		return wrong("a fill value is an object where it should be bytes, or bytes where it should be an object")
	}
	if fill.GetObject() != nil {
		return checkElement(d, fill.GetObject())
	}
	if hasObjects(d) || uint64(len(fill.GetData())) != d.GetItemsize() {
		return wrong("a fill value of %d bytes has %d", d.GetItemsize(), len(fill.GetData()))
	}
	return nil
}

func checkNames(attributes []*v1.Attribute) error {
	names := make(map[string]bool, len(attributes))
	for _, one := range attributes {
		if names[one.GetName()] {
			return wrong("the attribute %q comes twice", one.GetName())
		}
		if one.GetValue() == nil {
			return wrong("the attribute %q has no value", one.GetName())
		}
		names[one.GetName()] = true
	}
	return nil
}

func checkBundle(b *v1.Bundle) error {
	if b.GetKind() == v1.BundleKind_BUNDLE_KIND_UNSPECIFIED {
		return wrong("a bundle does not say what it is")
	}
	names := map[string]bool{}
	counted := true
	count := len(b.GetEntries()) + len(b.GetAttributes())
	for _, e := range b.GetEntries() {
		if names[e.GetName()] {
			return wrong("the member %q comes twice", e.GetName())
		}
		names[e.GetName()] = true
		counted = counted && isCount(e.GetName(), count)
	}
	for _, a := range b.GetAttributes() {
		if names[a.GetName()] {
			return wrong("the name %q comes twice", a.GetName())
		}
		names[a.GetName()] = true
		counted = counted && isCount(a.GetName(), count)
	}
	for _, k := range b.GetKeys() {
		if !names[k.GetName()] {
			return wrong("a key belongs to nothing: %q", k.GetName())
		}
	}
	if b.GetKind() != v1.BundleKind_BUNDLE_KIND_DICT && !counted {
		return wrong("items of a list or tuple are called 0, 1, and so on")
	}
	return nil
}

func isCount(name string, below int) bool {
	n, err := strconv.Atoi(name)
	return err == nil && n >= 0 && n < below && strconv.Itoa(n) == name
}

func checkValue(value *v1.Value) error {
	switch kind := value.GetKind().(type) {
	case *v1.Value_None:
		if !kind.None {
			return wrong("a value is not None and nothing else")
		}
	case *v1.Value_BigInteger:
		if len(kind.BigInteger) > mostDigitsBytes {
			return wrong("an integer of %d bytes", len(kind.BigInteger))
		}
		if BigInteger(kind.BigInteger).IsInt64() {
			return wrong("a big integer is a small one")
		}
	case *v1.Value_Dict:
		return checkKeys(kind.Dict)
	}
	return nil
}

func checkKeys(dict *v1.Dict) error {
	keys := make(map[string]bool, len(dict.GetItems()))
	for _, item := range dict.GetItems() {
		if item.GetKey() == nil || item.GetValue() == nil {
			return wrong("an item of a dict lacks its key or its value")
		}
		// The same kind and bits: a plainer notion than Python's.
		raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(item.GetKey())
		if err != nil {
			return wrong("a key of a dict: %v", err)
		}
		if keys[string(raw)] {
			return wrong("a dict has a key twice")
		}
		keys[string(raw)] = true
	}
	return nil
}

// BigInteger gives the number of Value.big_integer: two's complement, most significant byte first.
func BigInteger(raw []byte) *big.Int {
	n := new(big.Int).SetBytes(raw)
	if len(raw) > 0 && raw[0] >= 128 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(raw))))
	}
	return n
}
