package masquerade

import (
	"encoding/binary"

	v1 "github.com/masquerade/masquerade/clients/go/masqueradev1"
)

// encodeMask gives the bytes of a buffer for bools of a byte each.
func encodeMask(bools []byte, encoding v1.MaskEncoding) []byte {
	switch encoding {
	case v1.MaskEncoding_MASK_ENCODING_RAW:
		out := make([]byte, len(bools))
		for i, b := range bools {
			if b != 0 {
				out[i] = 1
			}
		}
		return out
	case v1.MaskEncoding_MASK_ENCODING_PACKED:
		out := make([]byte, (len(bools)+7)/8)
		for i, b := range bools {
			if b != 0 {
				out[i/8] |= 1 << (i % 8)
			}
		}
		return out
	}
	var out []byte
	masked := false
	for at := 0; at < len(bools); masked = !masked {
		start := at
		for at < len(bools) && (bools[at] != 0) == masked {
			at++
		}
		out = binary.AppendUvarint(out, uint64(at-start))
	}
	return out
}

// decodeMask gives bools of a byte each, and refuses bytes that do not hold exactly count of them.
func decodeMask(raw []byte, encoding v1.MaskEncoding, count int) ([]byte, error) {
	switch encoding {
	case v1.MaskEncoding_MASK_ENCODING_RAW:
		if len(raw) != count {
			return nil, wrong("a raw mask of %d bytes for %d bools", len(raw), count)
		}
		for _, b := range raw {
			if b > 1 {
				return nil, wrong("a mask has a bool of %d", b)
			}
		}
		return append(make([]byte, 0, count), raw...), nil
	case v1.MaskEncoding_MASK_ENCODING_PACKED:
		if len(raw) != (count+7)/8 {
			return nil, wrong("a packed mask of %d bytes for %d bools", len(raw), count)
		}
		if count%8 != 0 && raw[len(raw)-1]>>(count%8) != 0 {
			return nil, wrong("a packed mask has bits after the last bool")
		}
		out := make([]byte, count)
		for i := range out {
			out[i] = raw[i/8] >> (i % 8) & 1
		}
		return out, nil
	case v1.MaskEncoding_MASK_ENCODING_RUN_LENGTH:
		return runs(raw, count)
	}
	return nil, wrong("a mask does not say its encoding")
}

func runs(raw []byte, count int) ([]byte, error) {
	out := make([]byte, count)
	filled, masked := 0, false
	for at := 0; at < len(raw); masked = !masked {
		run, next, err := varint(raw, at, len(raw))
		if err != nil {
			return nil, wrong("a mask: a run's length is cut off or too long")
		}
		if run == 0 && at > 0 {
			return nil, wrong("a mask has a run of no bools")
		}
		if run > uint64(count-filled) {
			return nil, wrong("a mask has runs of more than its %d bools", count)
		}
		if masked {
			for i := filled; i < filled+int(run); i++ {
				out[i] = 1
			}
		}
		filled += int(run)
		at = next
	}
	if filled != count {
		return nil, wrong("a mask's runs end after %d of %d bools", filled, count)
	}
	return out, nil
}
