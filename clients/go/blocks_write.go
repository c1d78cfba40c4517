package masquerade

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"

	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
	"google.golang.org/protobuf/proto"
)

// Codec is how blocks are compressed.
type Codec int

// Uncompressed: not at all, the same bytes from every client. Deflate: zlib.
const (
	Uncompressed Codec = iota
	Deflate
)

// BlockOptions say how a stream of blocks is written. Their zero value is the default.
type BlockOptions struct {
	// Packed or Raw.
	Mask     MaskEncoding
	Checksum Checksum
	Codec    Codec
	// Bytes of a block at most, but at least one element. 0: 64 KiB, up to 1 MiB for large arrays.
	BlockBytes int
}

// SaveBlocks writes a file of blocks, .mqb, whole or not at all, and never over another.
func SaveBlocks(path string, f *File, options BlockOptions) error {
	return saved(path, func(file io.Writer) error { return WriteBlocks(file, f, options) })
}

// MarshalBlocks gives the bytes of a file of blocks.
func MarshalBlocks(f *File, options BlockOptions) ([]byte, error) {
	var out bytes.Buffer
	err := WriteBlocks(&out, f, options)
	return out.Bytes(), err
}

// WriteBlocks writes a file of blocks, one block after another. f's messages are changed meanwhile.
func WriteBlocks(to io.Writer, f *File, options BlockOptions) error {
	if options.Mask != Packed && options.Mask != Raw || options.BlockBytes < 0 || options.BlockBytes > 1<<30 {
		return wrong("masks of blocks are packed or raw, and blocks have at most %d bytes", 1<<30)
	}
	s := &blockStream{to: to, options: options, file: f}
	if options.Checksum != NoChecksum {
		s.kind = [...]v1.ChecksumKind{v1.ChecksumKind_CHECKSUM_KIND_CRC32, v1.ChecksumKind_CHECKSUM_KIND_CRC32C}[options.Checksum]
	}
	if err := s.raw([]byte(streamMagic)); err != nil {
		return err
	}
	arrays, err := s.head()
	if err != nil {
		return err
	}
	for i, a := range arrays {
		if err := s.array(i, a); err != nil {
			return err
		}
	}
	return s.finish()
}

type blockStream struct {
	to      io.Writer
	options BlockOptions
	file    *File
	kind    v1.ChecksumKind
	at      uint64
	plan    plan
	offsets []uint64
	sizes   []uint32
	digest  []byte
}

func (s *blockStream) raw(data []byte) error {
	s.at += uint64(len(data))
	_, err := s.to.Write(data)
	return err
}

// message writes a message and its checksum. It gives that and where the message begins.
func (s *blockStream) message(body []byte) (sum uint32, at uint64, err error) {
	if s.kind != v1.ChecksumKind_CHECKSUM_KIND_UNSPECIFIED {
		sum = checksum(s.kind, body)
		body = binary.LittleEndian.AppendUint32(append(body, 0x7d), sum)
	}
	if len(body) > mostBytes {
		return 0, 0, wrong("a message of %d bytes; write smaller blocks", len(body))
	}
	if err := s.raw(binary.AppendUvarint(nil, uint64(len(body)))); err != nil {
		return 0, 0, err
	}
	at = s.at
	return sum, at, s.raw(body)
}

func (s *blockStream) send(message *v1.StreamMessage) (uint32, uint64, error) {
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	if err != nil {
		return 0, 0, wrong("no message of this schema: %v", err)
	}
	return s.message(body)
}

// head writes envelope and headers.
func (s *blockStream) head() ([]*Array, error) {
	envelope := &v1.Envelope{Magic: envelopeMagic, Version: version, Codec: v1.Codec_CODEC_NONE, Checksum: s.kind, MaskEncoding: v1.MaskEncoding_MASK_ENCODING_PACKED}
	if s.options.Codec == Deflate {
		envelope.Codec = v1.Codec_CODEC_DEFLATE
	}
	if s.options.Mask == Raw {
		envelope.MaskEncoding = v1.MaskEncoding_MASK_ENCODING_RAW
	}
	switch content := s.file.Message.GetContent().(type) {
	case *v1.File_Array:
		envelope.Content = &v1.Envelope_Array{Array: content.Array}
	case *v1.File_Bundle:
		envelope.Content = &v1.Envelope_Bundle{Bundle: content.Bundle}
	}
	var messages []*v1.Array
	if err := outline(envelope, &messages); err != nil {
		return nil, err
	}
	var arrays []*Array
	for i, m := range messages {
		a := s.file.arrays[m]
		if a == nil {
			return nil, wrong("a message Array without its data; add it with File.Attach")
		}
		if hasObjects(m.GetDtype()) && !ofObjects(m.GetDtype()) {
			return nil, wrong("records of objects are not defined")
		}
		// It says whether the bytes are those of the shape.
		if _, err := a.prepare(Packed, 0); err != nil {
			return nil, err
		}
		lengths := blockShape(m.GetShape(), m.GetOrder() == v1.Order_ORDER_F, m.GetDtype().GetItemsize(), uint64(s.options.BlockBytes))
		envelope.BlockShapes = append(envelope.BlockShapes, &v1.BlockShape{Lengths: lengths})
		if err := s.plan.add(i, m, m.GetShape(), lengths, a.Mask != nil, 0, largest); err != nil {
			return nil, err
		}
		arrays = append(arrays, a)
	}
	envelope.Headers, envelope.Blocks = proto.Uint64(uint64(len(arrays))), proto.Uint64(s.plan.total)
	body, err := s.outlined(envelope, arrays)
	if err != nil {
		return nil, err
	}
	if _, _, err := s.message(append(binary.AppendUvarint([]byte{0x0a}, uint64(len(body))), body...)); err != nil {
		return nil, err
	}
	for i, a := range arrays {
		npy, err := writeNpy(a.Message.GetDtype(), a.Message.GetShape(), a.Message.GetOrder() == v1.Order_ORDER_F)
		if err != nil {
			return nil, err
		}
		header := &v1.StreamMessage{Kind: &v1.StreamMessage_Header{Header: &v1.NpyHeader{Array: uint32(i), Npy: npy}}}
		if _, _, err := s.send(header); err != nil {
			return nil, err
		}
	}
	return arrays, nil
}

// outlined gives the bytes of the envelope, whose arrays are without what their NPY headers say and without data.
func (s *blockStream) outlined(envelope *v1.Envelope, arrays []*Array) ([]byte, error) {
	of := map[*v1.Array]bool{}
	for _, a := range arrays {
		m := a.Message
		of[m] = true
		dtype, shape, order, mask, objects, buffer := m.Dtype, m.Shape, m.Order, m.Mask, m.Objects, m.DataBuffer
		defer func() {
			m.Dtype, m.Shape, m.Order, m.Mask, m.Objects, m.DataBuffer = dtype, shape, order, mask, objects, buffer
		}()
		if headerSaysAll(dtype) {
			m.Dtype = nil
		}
		m.Shape, m.Order, m.Mask, m.Objects, m.DataBuffer = nil, 0, nil, nil, 0
		if a.Mask != nil {
			m.Mask = &v1.Mask{}
		}
	}
	content := &v1.File{}
	if a := envelope.GetArray(); a != nil {
		content.Content = &v1.File_Array{Array: a}
	} else {
		content.Content = &v1.File_Bundle{Bundle: envelope.GetBundle()}
	}
	return s.withBuffers(envelope, 11, func(v *visitor) error {
		all := v.array
		v.array = func(a *v1.Array) error {
			if of[a] {
				return nil
			}
			return all(a)
		}
		return v.walkContent(content)
	})
}

// withBuffers gives the bytes of a message and, in a field of it, the buffers of the arrays that walk finds.
func (s *blockStream) withBuffers(message proto.Message, field byte, walk func(*visitor) error) ([]byte, error) {
	var buffers [][]byte
	v := &visitor{array: func(a *v1.Array) error {
		array := s.file.arrays[a]
		if array == nil {
			return wrong("a message Array without its data; add it with File.Attach")
		}
		added, err := array.prepare(Packed, len(buffers))
		buffers = append(buffers, added...)
		return err
	}}
	if err := walk(v); err != nil {
		return nil, err
	}
	out, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	if err != nil {
		return nil, wrong("no message of this schema: %v", err)
	}
	if err := checkWire(out, 0, len(out), message.ProtoReflect().Descriptor(), 0); err != nil {
		return nil, err
	}
	for _, data := range buffers {
		out = appendBuffer(out, data, CRC32, field)
	}
	return out, nil
}

// array writes the blocks of an array.
func (s *blockStream) array(number int, a *Array) error {
	d := a.Message.GetDtype()
	for _, segment := range s.plan.segments {
		if segment.array != number {
			continue
		}
		for index := segment.first; index < segment.first+segment.blocks; index++ {
			p := s.plan.at(index)
			var raw []byte
			var err error
			switch {
			case p.plane == v1.Plane_PLANE_MASK:
				each := bools(d)
				encoding := [...]v1.MaskEncoding{v1.MaskEncoding_MASK_ENCODING_PACKED, v1.MaskEncoding_MASK_ENCODING_RAW}[s.options.Mask]
				raw = encodeMask(a.Mask[p.start*each:(p.start+p.count)*each], encoding)
			case ofObjects(d):
				items := a.Message.GetObjects()[p.start : p.start+p.count]
				raw, err = s.withBuffers(&v1.Objects{Items: items}, 2, func(v *visitor) error { return v.walkValues(items) })
			default:
				raw = a.Data[p.start*d.GetItemsize() : (p.start+p.count)*d.GetItemsize()]
			}
			if err == nil {
				err = s.block(index, p, raw)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *blockStream) block(index uint64, p plannedBlock, raw []byte) error {
	data := raw
	if s.options.Codec == Deflate {
		var out bytes.Buffer
		z := zlib.NewWriter(&out)
		if _, err := z.Write(raw); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		// Only what became shorter is kept.
		if out.Len() < len(raw) {
			data = out.Bytes()
		}
	}
	block := &v1.Block{Index: index, Array: uint32(p.array), Plane: p.plane, Start: p.start, Count: p.count, Length: uint64(len(raw)), Data: data}
	sum, at, err := s.send(&v1.StreamMessage{Kind: &v1.StreamMessage_Block{Block: block}})
	s.offsets = append(s.offsets, at)
	s.sizes = append(s.sizes, uint32(s.at-at))
	s.digest = binary.LittleEndian.AppendUint32(s.digest, sum)
	return err
}

// finish writes index and end.
func (s *blockStream) finish() error {
	index := &v1.Index{Offsets: s.offsets, Sizes: s.sizes}
	_, at, err := s.send(&v1.StreamMessage{Kind: &v1.StreamMessage_Index{Index: index}})
	if err != nil {
		return err
	}
	var digest uint32
	if s.kind != v1.ChecksumKind_CHECKSUM_KIND_UNSPECIFIED {
		digest = checksum(s.kind, s.digest)
	}
	end := &v1.End{Blocks: proto.Uint64(s.plan.total), Index: proto.Uint64(at), Digest: proto.Uint32(digest)}
	_, _, err = s.send(&v1.StreamMessage{Kind: &v1.StreamMessage_End{End: end}})
	return err
}
