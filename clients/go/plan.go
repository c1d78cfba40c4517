package masquerade

import (
	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
)

// plannedBlock is what a block must be (BLOCKS.md, "Which blocks there are").
type plannedBlock struct {
	array        int
	plane        v1.Plane
	start, count uint64
}

// segment is what was added to an array at once: the whole of it at first, then each growth.
type segment struct {
	array int
	// The first of its blocks, and how many they are.
	first, blocks uint64
	// The first of its elements, in memory order.
	start uint64
	runs  blockRuns
	// The planes that have blocks.
	planes []v1.Plane
}

// blockRuns are outer times the pieces of most rows out of rows, a row being inner elements.
type blockRuns struct{ outer, rows, most, inner, pieces uint64 }

// runsOf gives the runs of an array that is cut in blocks of these lengths.
func runsOf(shape, lengths []uint64, fortran bool) (blockRuns, error) {
	n := len(shape)
	if len(lengths) != n {
		return blockRuns{}, wrong("blocks of %d axes of an array of %d", len(lengths), n)
	}
	axis := func(i int) int {
		if fortran {
			return i
		}
		return n - 1 - i
	}
	r, i := blockRuns{outer: 1, rows: 1, most: 1, inner: 1}, 0
	for ; i < n-1 && lengths[axis(i)] == max(1, shape[axis(i)]); i++ {
		r.inner *= shape[axis(i)]
	}
	if n > 0 {
		r.rows, r.most = shape[axis(i)], lengths[axis(i)]
	}
	ok := r.most >= 1 && r.most <= largest
	for i++; i < n; i++ {
		ok = ok && lengths[axis(i)] == 1 && r.most <= max(1, r.rows)
		r.outer *= shape[axis(i)]
	}
	if !ok {
		return blockRuns{}, wrong("blocks of shape %v are no runs of memory of %v", lengths, shape)
	}
	if r.outer*r.rows*r.inner > 0 {
		r.pieces = (r.rows + r.most - 1) / r.most
	}
	return r, nil
}

func (r blockRuns) at(number uint64) (start, count uint64) {
	row := number % r.pieces * r.most
	return (number/r.pieces*r.rows + row) * r.inner, min(r.most, r.rows-row) * r.inner
}

// plan is all blocks of a stream, by arithmetic: nothing is held for a block.
type plan struct {
	segments []segment
	total    uint64
}

// add adds the blocks of a part of an array, which begins at element start. There are at most so many blocks in all.
func (p *plan) add(array int, a *v1.Array, part, lengths []uint64, masked bool, start, most uint64) error {
	r, err := runsOf(part, lengths, a.GetOrder() == v1.Order_ORDER_F)
	if err != nil {
		return err
	}
	var planes []v1.Plane
	if a.GetDtype().GetItemsize() > 0 {
		planes = append(planes, v1.Plane_PLANE_DATA)
	}
	if masked && bools(a.GetDtype()) > 0 {
		planes = append(planes, v1.Plane_PLANE_MASK)
	}
	blocks := times(times(r.outer, r.pieces), uint64(len(planes)))
	// Every block takes some bytes: what cannot be there is not counted.
	if blocks > most || p.total+blocks > most {
		return wrong("more blocks than there is room for: shape %v in blocks of %v", part, lengths)
	}
	p.segments = append(p.segments, segment{array, p.total, blocks, start, r, planes})
	p.total += blocks
	return nil
}

// at gives block number index, which there must be.
func (p *plan) at(index uint64) plannedBlock {
	for i := len(p.segments) - 1; ; i-- {
		if s := &p.segments[i]; index >= s.first && s.blocks > 0 {
			within := index - s.first
			start, count := s.runs.at(within / uint64(len(s.planes)))
			return plannedBlock{s.array, s.planes[within%uint64(len(s.planes))], s.start + start, count}
		}
	}
}

// blockShape gives the shape of blocks of an array whose writer is told nothing else, or only how many bytes a block has.
func blockShape(shape []uint64, fortran bool, itemsize, bytes uint64) []uint64 {
	if bytes == 0 {
		all := itemsize
		for _, n := range shape {
			all = times(all, n)
		}
		for bytes = 1 << 16; bytes < 1<<20 && all > 1024*bytes; {
			bytes *= 2
		}
	}
	most := max(1, bytes/max(1, itemsize))
	lengths := make([]uint64, len(shape))
	for i := range lengths {
		lengths[i] = 1
	}
	inner := uint64(1)
	for i := range shape {
		axis := i
		if !fortran {
			axis = len(shape) - 1 - i
		}
		whole := max(1, shape[axis])
		if i == len(shape)-1 || times(inner, whole) > most {
			lengths[axis] = max(1, most/inner)
			break
		}
		lengths[axis] = whole
		inner *= whole
	}
	return lengths
}

// slowest is the axis that grows, or -1.
func slowest(a *v1.Array) int {
	if len(a.GetShape()) == 0 || a.GetOrder() == v1.Order_ORDER_C {
		return min(len(a.GetShape()), 1) - 1
	}
	return len(a.GetShape()) - 1
}
