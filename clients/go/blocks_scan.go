package masquerade

import (
	"encoding/binary"

	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
	"google.golang.org/protobuf/proto"
)

func (f *BlockFile) grow(growth *v1.Growth) error {
	if uint64(growth.GetArray()) >= uint64(len(f.Arrays)) {
		return wrong("array %d grows, which is not there", growth.GetArray())
	}
	number := int(growth.GetArray())
	a := f.Arrays[number]
	axis := slowest(a)
	if axis < 0 || growth.GetLength() < a.GetShape()[axis] {
		return wrong("array %d grows to %d", number, growth.GetLength())
	}
	before, err := elements(a.GetShape())
	if err != nil {
		return err
	}
	added := append([]uint64{}, a.GetShape()...)
	added[axis] = growth.GetLength() - added[axis]
	a.Shape[axis] = growth.GetLength()
	size, err := elements(a.GetShape())
	if err != nil {
		return err
	}
	if a.GetDtype().GetItemsize() == 0 && size > mostOfNoBytes {
		return wrong("%d elements of no bytes", size)
	}
	return f.plan.add(number, a, added, f.lengths(number), f.masked[number], before, uint64(f.frames.size))
}

func (f *BlockFile) scan() error {
	next := f.body
	var digested []byte
	var growths []*v1.Growth
	here := uint64(0)
	f.places = make([]place, 0, min(f.plan.total, mostClaimed))
	indexAt := int64(0)
	for ended := false; next < f.frames.size || !ended; {
		one, err := f.frames.message(&next)
		if err != nil {
			return err
		}
		at := int(one.at)
		switch kind := one.message.GetKind().(type) {
		case *v1.StreamMessage_Block:
			index := kind.Block.GetIndex()
			if ended || index >= f.plan.total {
				return wrongAt(at, "a block that is not due: %d of %d", index, f.plan.total)
			}
			for uint64(len(f.places)) <= index {
				f.places = append(f.places, place{})
				digested = append(digested, 0, 0, 0, 0)
			}
			if f.places[index].bytes != 0 {
				return wrongAt(at, "block %d comes twice", index)
			}
			if err := f.due(kind.Block, index, at); err != nil {
				return err
			}
			f.places[index] = place{one.at, uint32(one.bytes)}
			binary.LittleEndian.PutUint32(digested[4*index:], one.sum)
			here, indexAt = here+1, 0
		case *v1.StreamMessage_Growth:
			// Before the other blocks, too: so they travel.
			if indexAt != 0 && !ended {
				return wrongAt(at, "an array grows between an index and its end")
			}
			if err := f.grow(kind.Growth); err != nil {
				return err
			}
			growths = append(growths, kind.Growth)
			ended, indexAt = false, 0
		case *v1.StreamMessage_Index:
			if ended || here < f.plan.total || indexAt != 0 {
				return wrongAt(at, "an index that is not due")
			}
			if err := f.sameIndex(kind.Index, growths); err != nil {
				return err
			}
			indexAt = one.at
		case *v1.StreamMessage_End:
			if ended {
				return wrongAt(at, "a second end")
			}
			if err := f.missing(here); err != nil {
				return err
			}
			if err := f.checkEnd(kind.End, f.frames.digest(digested), at); err != nil {
				return err
			}
			if i := kind.End.GetIndex(); i != 0 && i != uint64(indexAt) {
				return wrongAt(at, "the end says that the index is at byte %d", i)
			}
			ended = true
		default:
			return wrongAt(at, "a message that is not due")
		}
	}
	return nil
}

func (f *BlockFile) missing(here uint64) error {
	if here == f.plan.total {
		return nil
	}
	for i := range f.plan.total {
		if i >= uint64(len(f.places)) || f.places[i].bytes == 0 {
			return wrong("%d blocks are missing, block %d among them", f.plan.total-here, i)
		}
	}
	return nil
}

func (f *BlockFile) checkEnd(end *v1.End, digest uint32, at int) error {
	if end.Blocks == nil || end.Index == nil || end.Digest == nil || end.GetBlocks() != f.plan.total {
		return wrongAt(at, "the end tells of %d blocks, the arrays have %d", end.GetBlocks(), f.plan.total)
	}
	if end.GetDigest() != digest {
		return wrongAt(at, "the digest of all blocks is not that of the end")
	}
	return nil
}

func (f *BlockFile) sameIndex(index *v1.Index, growths []*v1.Growth) error {
	same := len(index.GetOffsets()) == len(f.places) && len(index.GetSizes()) == len(f.places) && len(index.GetGrowths()) == len(growths)
	for i := 0; same && i < len(growths); i++ {
		same = proto.Equal(index.GetGrowths()[i], growths[i])
	}
	for i := 0; same && i < len(f.places); i++ {
		same = index.GetOffsets()[i] == uint64(f.places[i].at) && index.GetSizes()[i] == f.places[i].bytes
	}
	if !same {
		return wrong("the index tells of other blocks than there are")
	}
	return nil
}

func (f *BlockFile) byIndex() (bool, error) {
	tail := int64(31)
	if f.frames.kind == v1.ChecksumKind_CHECKSUM_KIND_UNSPECIFIED {
		tail = 26
	}
	at := f.frames.size - tail
	if at < f.body {
		return false, wrongAt(int(f.frames.size), "the stream is cut off: there is no end")
	}
	next := at
	last, err := f.frames.message(&next)
	if err != nil || next != f.frames.size || last.message.GetEnd() == nil {
		return false, wrongAt(int(at), "the stream does not end with an end: writing it was interrupted")
	}
	end := last.message.GetEnd()
	if end.GetIndex() == 0 {
		return false, nil
	}
	if end.GetIndex() < uint64(f.body) || end.GetIndex() >= uint64(at) || uint64(at)-end.GetIndex() > 13*end.GetBlocks()+1<<16 {
		return false, wrongAt(int(at), "the index lies outside the file, or takes too much of it")
	}
	one, err := f.frames.messageAt(int64(end.GetIndex()), at-int64(end.GetIndex()))
	if err != nil {
		return false, err
	}
	index := one.message.GetIndex()
	if index == nil {
		return false, wrongAt(int(one.at), "the index is not where the end has it")
	}
	for _, growth := range index.GetGrowths() {
		if err := f.grow(growth); err != nil {
			return false, err
		}
	}
	if err := f.checkEnd(end, end.GetDigest(), int(at)); err != nil {
		return false, err
	}
	if uint64(len(index.GetOffsets())) != f.plan.total || len(index.GetSizes()) != len(index.GetOffsets()) {
		return false, wrongAt(int(one.at), "the index has %d blocks, the arrays have %d", len(index.GetOffsets()), f.plan.total)
	}
	for i, offset := range index.GetOffsets() {
		size := index.GetSizes()[i]
		if offset < uint64(f.body) || offset > uint64(at) || uint64(size) > uint64(at)-offset {
			return false, wrongAt(int(one.at), "the index has block %d outside the file", i)
		}
		f.places = append(f.places, place{int64(offset), size})
	}
	return true, nil
}
