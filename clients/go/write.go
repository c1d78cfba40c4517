package masquerade

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"

	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
	"google.golang.org/protobuf/proto"
)

const (
	mostBytes = 1<<31 - 1
	alignment = 64
)

// Options say how a file is written. Their zero value is the default.
type Options struct {
	Mask     MaskEncoding
	Checksum Checksum
}

// MaskEncoding is how masks are written.
type MaskEncoding int

// Packed: a bit each. Raw: a byte each. RunLength: the lengths of runs.
const (
	Packed MaskEncoding = iota
	Raw
	RunLength
)

// Checksum is what guards the bytes of each array and mask.
type Checksum int

// Kinds of checksum.
const (
	CRC32 Checksum = iota
	CRC32C
	NoChecksum
)

// Save writes a file, whole or not at all, and never over another.
func Save(path string, f *File, options Options) error {
	raw, err := Marshal(f, options)
	if err != nil {
		return err
	}
	return saved(path, func(file io.Writer) error {
		_, err := file.Write(raw)
		return err
	})
}

// saved makes a file of what is written to it.
func saved(path string, write func(io.Writer) error) error {
	temporary, err := os.OpenFile(fmt.Sprintf("%s.%d.part", path, os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	if err = write(temporary); err == nil {
		err = temporary.Sync()
	}
	if closing := temporary.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	// A link fails where the name is taken; a rename would replace it.
	return os.Link(temporary.Name(), path)
}

// Marshal gives the canonical bytes of a file: the same from every client. It numbers the buffers in f's messages anew.
func Marshal(f *File, options Options) ([]byte, error) {
	var buffers [][]byte
	v := &visitor{array: func(a *v1.Array) error {
		array := f.arrays[a]
		if array == nil {
			return wrong("a message Array without its data; add it with File.Attach")
		}
		added, err := array.prepare(options.Mask, len(buffers))
		buffers = append(buffers, added...)
		return err
	}}
	if err := v.walkContent(f.Message); err != nil {
		return nil, err
	}
	head := &v1.File{Magic: magic, Version: version, Content: f.Message.GetContent()}
	out, err := proto.MarshalOptions{Deterministic: true}.Marshal(head)
	if err != nil {
		return nil, wrong("no message of this schema: %v", err)
	}
	if err := checkWire(out, 0, len(out), head.ProtoReflect().Descriptor(), 0); err != nil {
		return nil, err
	}
	size := len(out)
	for _, data := range buffers {
		size += len(data) + 2*alignment
	}
	if size > mostBytes {
		return nil, wrong("a message of %d bytes is more than %d, where protobuf libraries end", size, mostBytes)
	}
	out = append(make([]byte, 0, size), out...)
	for _, data := range buffers {
		out = appendBuffer(out, data, options.Checksum, 5)
	}
	return out, nil
}

// prepare sets what a message says of its buffers, and gives these.
func (a *Array) prepare(encoding MaskEncoding, before int) ([][]byte, error) {
	m := a.Message
	size, err := elements(m.GetShape())
	if err != nil {
		return nil, err
	}
	var buffers [][]byte
	m.DataBuffer = 0
	if !ofObjects(m.GetDtype()) {
		if need := times(size, m.GetDtype().GetItemsize()); need != uint64(len(a.Data)) {
			return nil, wrong("shape %v takes %d bytes, the array has %d", m.GetShape(), need, len(a.Data))
		}
		buffers = append(buffers, a.Data)
		m.DataBuffer = uint32(before + 1)
	}
	if a.Mask == nil {
		m.Mask = nil
		return buffers, nil
	}
	count := times(size, bools(m.GetDtype()))
	if count != uint64(len(a.Mask)) {
		return nil, wrong("a mask of %d bools where there are %d", len(a.Mask), count)
	}
	chosen := [...]v1.MaskEncoding{v1.MaskEncoding_MASK_ENCODING_PACKED, v1.MaskEncoding_MASK_ENCODING_RAW, v1.MaskEncoding_MASK_ENCODING_RUN_LENGTH}[encoding]
	if encoding == RunLength && !ofObjects(m.GetDtype()) && len(a.Mask) > len(a.Data) {
		chosen = v1.MaskEncoding_MASK_ENCODING_PACKED
	}
	buffers = append(buffers, encodeMask(a.Mask, chosen))
	m.Masked = true
	m.Mask = &v1.Mask{Encoding: chosen, Count: count, Buffer: uint32(before + len(buffers))}
	return buffers, nil
}

// appendBuffer writes a message Buffer, in this field, whose data lie at a multiple of 64 bytes.
func appendBuffer(out, data []byte, sum Checksum, field byte) []byte {
	var after, head []byte
	if sum != NoChecksum {
		kind := [...]v1.ChecksumKind{v1.ChecksumKind_CHECKSUM_KIND_CRC32, v1.ChecksumKind_CHECKSUM_KIND_CRC32C}[sum]
		after = append(after, 0x1a, 7, 0x08, byte(kind), 0x15)
		after = binary.LittleEndian.AppendUint32(after, checksum(kind, data))
	}
	if len(data) > 0 {
		head = binary.AppendUvarint([]byte{0x12}, uint64(len(data)))
	}
	var before []byte
	for zeros := 0; ; zeros++ {
		var padding []byte
		if zeros > 0 {
			padding = append([]byte{0x0a, byte(zeros)}, make([]byte, zeros)...)
		}
		before = binary.AppendUvarint([]byte{field<<3 | 2}, uint64(len(padding)+len(head)+len(data)+len(after)))
		before = append(append(before, padding...), head...)
		if len(data) == 0 || (len(out)+len(before))%alignment == 0 {
			break
		}
	}
	return append(append(append(out, before...), data...), after...)
}
