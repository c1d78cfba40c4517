package masquerade

import (
	"bytes"
	"compress/zlib"
	"io"
	"os"

	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
	"google.golang.org/protobuf/proto"
)

const (
	streamMagic   = "\x89MQB\r\n\x1a\n"
	envelopeMagic = 0x3142514d
	// Bytes of an array that is read whole, at most; larger ones are read by parts.
	mostWhole = 1<<32 - 1
	// Bytes that are set aside at once before anything has come.
	mostClaimed = 1 << 24
	sealBytes   = 5
)

// BlockFile is a stream of blocks in a file, .mqb, that is read by parts: envelope and headers are, blocks when they are asked for.
type BlockFile struct {
	// Envelope is what the stream says of itself and of its arrays. Their messages are complete but for data, mask and objects.
	Envelope *v1.Envelope
	// Arrays are the stream's, in order; lengths are those after all growths.
	Arrays []*v1.Array
	masked []bool
	arrays map[*v1.Array]*Array
	frames frames
	plan   plan
	places []place
	// Where the first message after the headers begins, its length before it.
	body int64
}

// place is where the message of a block is. Bytes of none: nowhere yet.
type place struct {
	at    int64
	bytes uint32
}

// LoadBlocks reads a file whole. What is wrong with it is an [*Error].
func LoadBlocks(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return readBlocks(file, info.Size())
}

// UnmarshalBlocks reads the bytes of a file whole.
func UnmarshalBlocks(raw []byte) (*File, error) {
	return readBlocks(bytes.NewReader(raw), int64(len(raw)))
}

func readBlocks(source io.ReaderAt, size int64) (*File, error) {
	f, err := begin(source, size)
	if err != nil {
		return nil, err
	}
	if err := f.scan(); err != nil {
		return nil, err
	}
	return f.Whole()
}

// OpenBlocks opens a file of size bytes by its index, or reads it once where it has none. Each block is verified when it is read.
func OpenBlocks(source io.ReaderAt, size int64) (*BlockFile, error) {
	f, err := begin(source, size)
	if err != nil {
		return nil, err
	}
	found, err := f.byIndex()
	if err != nil {
		return nil, err
	}
	if !found {
		if err := f.scan(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// begin reads envelope and headers.
func begin(source io.ReaderAt, size int64) (*BlockFile, error) {
	f := &BlockFile{frames: frames{source: source, size: size}, arrays: map[*v1.Array]*Array{}}
	head, err := f.frames.bytes(0, min(size, int64(len(streamMagic))))
	if err != nil {
		return nil, err
	}
	if string(head) != streamMagic {
		return nil, wrongAt(0, "no stream of blocks: it does not begin with %q", streamMagic)
	}
	next := int64(len(streamMagic))
	first, err := f.frames.message(&next)
	if err != nil {
		return nil, err
	}
	envelope := first.message.GetEnvelope()
	if envelope == nil {
		return nil, wrongAt(int(first.at), "the first message is no envelope")
	}
	if envelope.GetMagic() != envelopeMagic || envelope.GetVersion() != version {
		return nil, wrong("version %d of streams; %d is known", envelope.GetVersion(), version)
	}
	switch envelope.GetCodec() {
	case v1.Codec_CODEC_NONE, v1.Codec_CODEC_DEFLATE:
	default:
		return nil, wrong("blocks compressed by %s, which is not read here; write them with deflate", envelope.GetCodec())
	}
	if e := envelope.GetMaskEncoding(); e != v1.MaskEncoding_MASK_ENCODING_RAW && e != v1.MaskEncoding_MASK_ENCODING_PACKED {
		return nil, wrong("the envelope lacks its encoding of masks")
	}
	f.Envelope = envelope
	if err := outline(envelope, &f.Arrays); err != nil {
		return nil, err
	}
	n := len(f.Arrays)
	if envelope.Headers == nil || envelope.GetHeaders() != uint64(n) || len(envelope.GetBlockShapes()) != n {
		return nil, wrong("%d headers and %d shapes of blocks for %d arrays", envelope.GetHeaders(), len(envelope.GetBlockShapes()), n)
	}
	for i, a := range f.Arrays {
		if err := f.header(&next, i, a); err != nil {
			return nil, err
		}
	}
	f.body = next
	return f, f.check()
}

// outline finds the arrays of a stream, in order.
func outline(envelope *v1.Envelope, into *[]*v1.Array) error {
	var within func(*v1.Bundle)
	within = func(b *v1.Bundle) {
		for _, e := range b.GetEntries() {
			if a := e.GetArray(); a != nil {
				*into = append(*into, a)
			} else if inner := e.GetBundle(); inner != nil {
				within(inner)
			}
		}
	}
	switch content := envelope.GetContent().(type) {
	case *v1.Envelope_Array:
		*into = append(*into, content.Array)
	case *v1.Envelope_Bundle:
		within(content.Bundle)
	default:
		return wrong("the envelope has no content")
	}
	return nil
}

// header reads the NPY header of an array, and completes what the envelope says of it.
func (f *BlockFile) header(next *int64, number int, a *v1.Array) error {
	found, err := f.frames.message(next)
	if err != nil {
		return err
	}
	said := found.message.GetHeader()
	if said == nil || int(said.GetArray()) != number {
		return wrongAt(int(found.at), "header %d is due, and something else comes", number)
	}
	if len(a.GetShape()) > 0 || a.GetOrder() != 0 || len(a.GetObjects()) > 0 || a.GetDataBuffer() != 0 {
		return wrong("an array of a stream has its shape, order or data in the envelope")
	}
	if m := a.GetMask(); m.GetCount() != 0 || m.GetEncoding() != 0 || m.GetBuffer() != 0 {
		return wrong("a mask of a stream is in the envelope")
	}
	npy, err := readNpy(said.GetNpy())
	if err != nil {
		return err
	}
	if a.Dtype == nil {
		a.Dtype = npy.dtype
	} else if text, err := descr(a.Dtype); err != nil {
		return err
	} else if literal, err := parseLiteral(text); err != nil {
		return err
	} else if back, err := dtypeFrom(literal, 0); err != nil {
		return err
	} else if !proto.Equal(back, npy.dtype) {
		return wrong("an NPY header has another dtype than the envelope says")
	}
	a.Shape, a.Order = npy.shape, v1.Order_ORDER_C
	if npy.fortran {
		a.Order = v1.Order_ORDER_F
	}
	return nil
}

// check holds envelope and headers to what every file is held to, and makes the plan.
func (f *BlockFile) check() error {
	r := newReader(f.Envelope.GetBuffers(), f.arrays)
	of := make(map[*v1.Array]bool, len(f.Arrays))
	for _, a := range f.Arrays {
		of[a] = true
	}
	visit := r.visitor(func(a *v1.Array) error {
		if !of[a] {
			return r.array(a)
		}
		if hasObjects(a.GetDtype()) && !ofObjects(a.GetDtype()) {
			return wrong("records of objects are not defined")
		}
		_, err := r.said(a)
		return err
	})
	content := &v1.File{}
	switch one := f.Envelope.GetContent().(type) {
	case *v1.Envelope_Array:
		content.Content = &v1.File_Array{Array: one.Array}
	case *v1.Envelope_Bundle:
		content.Content = &v1.File_Bundle{Bundle: one.Bundle}
	}
	if err := visit.walkContent(content); err != nil {
		return err
	}
	if err := r.finish(); err != nil {
		return err
	}
	for i, a := range f.Arrays {
		f.masked = append(f.masked, a.Mask != nil)
		if err := f.plan.add(i, a, a.GetShape(), f.lengths(i), f.masked[i], 0, uint64(f.frames.size)); err != nil {
			return err
		}
	}
	if f.Envelope.Blocks != nil && f.Envelope.GetBlocks() != f.plan.total {
		return wrong("%d blocks are announced, the arrays have %d", f.Envelope.GetBlocks(), f.plan.total)
	}
	return nil
}

func (f *BlockFile) lengths(array int) []uint64 {
	return f.Envelope.GetBlockShapes()[array].GetLengths()
}

// scan reads every message once, in order, and holds them to what is due. Blocks may come in any order.
// byIndex finds the blocks by the index at the end. False: there is none.
// due holds a block to the plan.
func (f *BlockFile) due(block *v1.Block, index uint64, at int) error {
	p := f.plan.at(index)
	if block.GetIndex() != index || uint64(block.GetArray()) != uint64(p.array) || block.GetPlane() != p.plane ||
		block.GetStart() != p.start || block.GetCount() != p.count {
		return wrongAt(at, "block %d is not elements %d to %d of the %s of array %d", index, p.start, p.start+p.count-1, p.plane, p.array)
	}
	need, counted := f.need(p)
	if counted && block.GetLength() != need {
		return wrongAt(at, "block %d has %d bytes, not %d", index, block.GetLength(), need)
	}
	held := uint64(len(block.GetData()))
	if held > block.GetLength() || block.GetLength() > mostBytes {
		return wrongAt(at, "block %d of %d bytes takes %d", index, block.GetLength(), held)
	}
	if held < block.GetLength() && f.Envelope.GetCodec() == v1.Codec_CODEC_NONE {
		return wrongAt(at, "block %d of %d bytes has %d, and the stream is not compressed", index, block.GetLength(), held)
	}
	return nil
}

// need gives the bytes of a block uncompressed; false for objects, whose size nobody knows.
func (f *BlockFile) need(p plannedBlock) (uint64, bool) {
	d := f.Arrays[p.array].GetDtype()
	if p.plane == v1.Plane_PLANE_DATA {
		return times(p.count, d.GetItemsize()), !ofObjects(d)
	}
	count := times(p.count, bools(d))
	if f.Envelope.GetMaskEncoding() == v1.MaskEncoding_MASK_ENCODING_PACKED {
		return count/8 + min(1, count%8), true
	}
	return count, true
}

// block reads, verifies and uncompresses one block.
func (f *BlockFile) block(index uint64) ([]byte, plannedBlock, error) {
	p := f.plan.at(index)
	where := f.places[index]
	one, err := f.frames.messageAt(where.at, int64(where.bytes))
	if err != nil {
		return nil, p, err
	}
	block := one.message.GetBlock()
	if block == nil {
		return nil, p, wrongAt(int(where.at), "the index has block %d where none is", index)
	}
	if err := f.due(block, index, int(where.at)); err != nil {
		return nil, p, err
	}
	if uint64(len(block.GetData())) == block.GetLength() {
		return block.GetData(), p, nil
	}
	raw, err := inflate(block.GetData(), int64(block.GetLength()))
	if err != nil {
		return nil, p, wrongAt(int(where.at), "block %d is no zlib stream of %d bytes: %v", index, block.GetLength(), err)
	}
	return raw, p, nil
}

// inflate gives exactly length bytes, and takes memory as they come.
func inflate(data []byte, length int64) ([]byte, error) {
	source := bytes.NewReader(data)
	z, err := zlib.NewReader(source)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.Grow(int(min(length, int64(len(data))*8)))
	n, err := io.Copy(&out, io.LimitReader(z, length+1))
	if err == nil && n != length {
		err = wrong("it gives %d bytes or more", n)
	}
	if err == nil {
		// Its end has been read only if its checksum was.
		if _, last := z.Read(make([]byte, 1)); last != io.EOF || source.Len() > 0 {
			err = wrong("something follows it")
		}
	}
	return out.Bytes(), err
}

// Read gives the bytes of count elements of an array, from element start in memory order, and their bools of a byte each (nil where there is
// no mask). Only the blocks they lie in are read. Arrays of objects have no bytes.
func (f *BlockFile) Read(array int, start, count uint64) (data, mask []byte, err error) {
	if array < 0 || array >= len(f.Arrays) {
		return nil, nil, wrong("there is no array %d", array)
	}
	d := f.Arrays[array].GetDtype()
	size, _ := elements(f.Arrays[array].GetShape())
	switch {
	case ofObjects(d):
		return nil, nil, wrong("an array of objects has no bytes; read the file whole")
	case count > size || start > size-count:
		return nil, nil, wrong("elements %d to %d of an array of %d", start, start+count, size)
	case times(count, max(d.GetItemsize(), bools(d))) > mostWhole:
		return nil, nil, wrong("%d elements at once are more than %d bytes", count, mostWhole)
	}
	if f.masked[array] {
		mask = []byte{}
	}
	err = f.each(array, start, count, func(raw []byte, p plannedBlock) error {
		from, to := max(start, p.start)-p.start, min(start+count, p.start+p.count)-p.start
		if p.plane == v1.Plane_PLANE_DATA {
			data = append(data, raw[from*d.GetItemsize():to*d.GetItemsize()]...)
			return nil
		}
		flags, err := decodeMask(raw, f.Envelope.GetMaskEncoding(), int(times(p.count, bools(d))))
		if err == nil {
			mask = append(mask, flags[from*bools(d):to*bools(d)]...)
		}
		return err
	})
	return data, mask, err
}

// each gives the blocks in which elements of an array lie, in order.
func (f *BlockFile) each(array int, start, count uint64, take func([]byte, plannedBlock) error) error {
	for _, s := range f.plan.segments {
		if s.array != array || s.blocks == 0 {
			continue
		}
		planes := uint64(len(s.planes))
		first := s.first
		if start > s.start {
			row := (start - s.start) / s.runs.inner
			first += (row/s.runs.rows*s.runs.pieces + row%s.runs.rows/s.runs.most) * planes
		}
		for i := first; i < s.first+s.blocks; i++ {
			p := f.plan.at(i)
			if p.start >= start+count {
				break
			}
			raw, _, err := f.block(i)
			if err == nil {
				err = take(raw, p)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Whole reads all blocks and gives what the file holds.
func (f *BlockFile) Whole() (*File, error) {
	for i, a := range f.Arrays {
		found := &Array{Message: a}
		size, err := elements(a.GetShape())
		if err != nil {
			return nil, err
		}
		if times(size, max(a.GetDtype().GetItemsize(), bools(a.GetDtype()))) > mostWhole && !ofObjects(a.GetDtype()) {
			return nil, wrong("shape %v of %d-byte elements is more than is read whole; read it by parts", a.GetShape(), a.GetDtype().GetItemsize())
		}
		if ofObjects(a.GetDtype()) {
			err = f.objects(i, found, size)
		} else {
			found.Data, found.Mask, err = f.Read(i, 0, size)
		}
		if err != nil {
			return nil, err
		}
		f.arrays[a] = found
	}
	file := &File{Message: &v1.File{}, arrays: f.arrays}
	switch content := f.Envelope.GetContent().(type) {
	case *v1.Envelope_Array:
		file.Message.Content = &v1.File_Array{Array: content.Array}
	case *v1.Envelope_Bundle:
		file.Message.Content = &v1.File_Bundle{Bundle: content.Bundle}
	}
	return file, nil
}

func (f *BlockFile) objects(array int, into *Array, size uint64) error {
	if f.masked[array] {
		into.Mask = []byte{}
	}
	into.Message.Objects = nil
	return f.each(array, 0, size, func(raw []byte, p plannedBlock) error {
		if p.plane == v1.Plane_PLANE_MASK {
			flags, err := decodeMask(raw, f.Envelope.GetMaskEncoding(), int(p.count))
			into.Mask = append(into.Mask, flags...)
			return err
		}
		found := &v1.Objects{}
		if err := checkWire(raw, 0, len(raw), found.ProtoReflect().Descriptor(), 0); err != nil {
			return err
		}
		if err := proto.Unmarshal(raw, found); err != nil {
			return wrong("no message of this schema: %v", err)
		}
		if uint64(len(found.GetItems())) != p.count {
			return wrong("a block of %d objects has %d", p.count, len(found.GetItems()))
		}
		r := newReader(found.GetBuffers(), f.arrays)
		if err := r.visitor(r.array).walkValues(found.GetItems()); err != nil {
			return err
		}
		for _, item := range found.GetItems() {
			if err := checkElement(into.Message.GetDtype(), item); err != nil {
				return err
			}
		}
		into.Message.Objects = append(into.Message.Objects, found.GetItems()...)
		return r.finish()
	})
}
