package masquerade

import (
	"encoding/binary"
	"errors"
	"io"

	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
	"google.golang.org/protobuf/proto"
)

// frames are the messages of a file of blocks.
type frames struct {
	source io.ReaderAt
	size   int64
	// Of every message, once the envelope has been read.
	kind v1.ChecksumKind
	// What was read last and where, so that small messages are not read one by one.
	held []byte
	from int64
}

// frame is one message, verified.
type frame struct {
	message *v1.StreamMessage
	// Where it begins, its length not counted to it, and its bytes.
	at    int64
	bytes int
	sum   uint32
}

// Bytes read at once, at least, where there are as many.
const ahead = 1 << 16

// bytes gives so many bytes of the file, which must be there; they are valid until the next are read.
func (f *frames) bytes(at, length int64) ([]byte, error) {
	if length > f.size-at {
		return nil, wrongAt(int(f.size), "the stream is cut off: %d bytes are said to follow, there are %d", length, f.size-at)
	}
	if at < f.from || at+length > f.from+int64(len(f.held)) {
		f.held = make([]byte, max(length, min(ahead, f.size-at)))
		f.from = at
		if _, err := f.source.ReadAt(f.held, at); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	return f.held[at-f.from:][:length], nil
}

// message gives the message whose length is at byte *next, and moves that behind it.
func (f *frames) message(next *int64) (*frame, error) {
	head, err := f.bytes(*next, min(5, f.size-*next))
	if err != nil {
		return nil, err
	}
	if len(head) == 0 {
		return nil, wrongAt(int(f.size), "the stream is cut off: there is no end")
	}
	size, start, err := varint(head, 0, len(head))
	if err != nil || size == 0 || size > mostBytes {
		return nil, wrongAt(int(*next), "a message has no length, or one that is cut off or too long")
	}
	at := *next + int64(start)
	*next = at + int64(size)
	return f.messageAt(at, int64(size))
}

// messageAt gives the message of so many bytes at byte at. Its checksum is verified before anything else is done with it.
func (f *frames) messageAt(at, size int64) (*frame, error) {
	raw, err := f.bytes(at, size)
	if err != nil {
		return nil, err
	}
	out := &frame{message: &v1.StreamMessage{}, at: at, bytes: int(size)}
	first := at <= int64(len(streamMagic))+5
	if !first {
		if err := f.verify(out, raw); err != nil {
			return nil, err
		}
	}
	if err := checkWire(raw, 0, len(raw), out.message.ProtoReflect().Descriptor(), 0); err != nil {
		return nil, moved(err, at)
	}
	if err := proto.Unmarshal(raw, out.message); err != nil {
		return nil, wrongAt(int(at), "no message of this schema: %v", err)
	}
	if first {
		// Its checksum is of the kind that it says itself.
		f.kind = out.message.GetEnvelope().GetChecksum()
		if err := f.verify(out, raw); err != nil {
			return nil, err
		}
	}
	if (out.message.Checksum != nil) != (f.kind != v1.ChecksumKind_CHECKSUM_KIND_UNSPECIFIED) {
		return nil, wrongAt(int(at), "a message with a checksum where there are none, or without")
	}
	return out, nil
}

func (f *frames) verify(one *frame, raw []byte) error {
	if f.kind == v1.ChecksumKind_CHECKSUM_KIND_UNSPECIFIED {
		return nil
	}
	end := len(raw) - sealBytes
	if end < 0 || raw[end] != 0x7d {
		return wrongAt(int(one.at), "a message has no checksum where it should be")
	}
	one.sum = checksum(f.kind, raw[:end])
	if binary.LittleEndian.Uint32(raw[end+1:]) != one.sum {
		return wrongAt(int(one.at), "the checksum (%s) of a message is wrong", f.kind)
	}
	return nil
}

func (f *frames) digest(sums []byte) uint32 {
	if f.kind == v1.ChecksumKind_CHECKSUM_KIND_UNSPECIFIED {
		return 0
	}
	return checksum(f.kind, sums)
}

// moved gives an error its place in the file.
func moved(err error, by int64) error {
	var own *Error
	if errors.As(err, &own) && own.Offset >= 0 {
		return &Error{own.Message, own.Offset + int(by)}
	}
	return err
}
