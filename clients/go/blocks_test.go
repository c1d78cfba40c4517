package masquerade_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	masquerade "github.com/masquerade/masquerade/clients/go"
)

func (v vector) blockOptions() masquerade.BlockOptions {
	options := masquerade.BlockOptions{Checksum: v.options().Checksum}
	if v.Options.Mask == "raw" {
		options.Mask = masquerade.Raw
	}
	return options
}

func readBlocks(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(vectors, name+".mqb"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestBlocksAreReadAndWrittenAgain(t *testing.T) {
	for _, v := range index(t, "") {
		t.Run(v.Name, func(t *testing.T) {
			raw := readBlocks(t, "blocks/"+v.Name)
			file, err := masquerade.UnmarshalBlocks(raw)
			if err != nil {
				t.Fatal(err)
			}
			back, err := masquerade.MarshalBlocks(file, v.blockOptions())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(raw, back) {
				t.Fatalf("other bytes:\n%q\nbecame\n%q", raw, back)
			}
			// The same as the message, which is another way to the same array.
			message, err := masquerade.Marshal(file, v.options())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(message, read(t, v.Name)) {
				t.Fatal("not the array of the message")
			}
		})
	}
}

func refuseBlocks(t *testing.T, what string, raw []byte) {
	t.Helper()
	_, err := masquerade.UnmarshalBlocks(raw)
	var own *masquerade.Error
	if !errors.As(err, &own) || own.Message == "" {
		t.Fatalf("%s: not refused, but %v", what, err)
	}
}

func TestMalformedBlocks(t *testing.T) {
	for _, v := range index(t, "blocks/malformed") {
		t.Run(v.Name, func(t *testing.T) {
			refuseBlocks(t, v.What, readBlocks(t, "blocks/malformed/"+v.Name))
		})
	}
}

func TestEveryTruncationAndFlippedBitOfBlocks(t *testing.T) {
	for _, name := range []string{"mask-raw", "dict", "checksum-crc32c"} {
		raw := readBlocks(t, "blocks/"+name)
		for n := range raw {
			refuseBlocks(t, fmt.Sprint(name, " up to byte ", n), raw[:n])
		}
		for at := range raw {
			mutant := bytes.Clone(raw)
			mutant[at] ^= 1 << (at % 8)
			refuseBlocks(t, fmt.Sprint(name, " with byte ", at, " changed"), mutant)
		}
	}
}

// A masked array of 300 rows of 20 in blocks of four rows.
func rows(t *testing.T, codec masquerade.Codec) (raw []byte, values []int32, mask []bool) {
	t.Helper()
	for i := range int32(6000) {
		values = append(values, i/7)
		mask = append(mask, i%5 == 0)
	}
	array, err := masquerade.New([]int{300, 20}, values, mask)
	if err != nil {
		t.Fatal(err)
	}
	raw, err = masquerade.MarshalBlocks(masquerade.NewFile(array), masquerade.BlockOptions{Codec: codec, BlockBytes: 320})
	if err != nil {
		t.Fatal(err)
	}
	return raw, values, mask
}

func TestDeflate(t *testing.T) {
	plain, values, _ := rows(t, masquerade.Uncompressed)
	raw, _, _ := rows(t, masquerade.Deflate)
	if len(raw) >= len(plain) {
		t.Fatal("not shorter")
	}
	file, err := masquerade.UnmarshalBlocks(raw)
	if err != nil {
		t.Fatal(err)
	}
	array, err := file.Array()
	if err != nil {
		t.Fatal(err)
	}
	view, err := masquerade.Of[int32](array)
	if err != nil {
		t.Fatal(err)
	}
	for i, value := range values {
		if view.At(i/20, i%20) != value || view.Masked(i/20, i%20) != (i%5 == 0) {
			t.Fatal("another value at", i)
		}
	}
}

// counting is a source that counts what is read of it.
type counting struct {
	*bytes.Reader
	bytes int
}

func (c *counting) ReadAt(into []byte, at int64) (int, error) {
	n, err := c.Reader.ReadAt(into, at)
	c.bytes += n
	return n, err
}

func TestBlocksAreReadByParts(t *testing.T) {
	var values []float64
	for i := range 100_000 {
		values = append(values, float64(i))
	}
	array, err := masquerade.New([]int{len(values)}, values, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "field.mqb")
	if err := masquerade.SaveBlocks(path, masquerade.NewFile(array), masquerade.BlockOptions{}); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	source := &counting{Reader: bytes.NewReader(raw)}
	file, err := masquerade.OpenBlocks(source, int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	data, mask, err := file.Read(0, 50_000, 2)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, array.Data[400_000:400_016]) || mask != nil {
		t.Fatal("other values", data)
	}
	if source.bytes > 400_000 {
		t.Fatal("as if it were read whole:", source.bytes)
	}
}

func TestEveryRunOfElements(t *testing.T) {
	for _, codec := range []masquerade.Codec{masquerade.Uncompressed, masquerade.Deflate} {
		raw, values, bits := rows(t, codec)
		file, err := masquerade.OpenBlocks(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		for start := 0; start < len(values); start += 37 {
			for _, count := range []int{0, 1, 79, 80, 200, len(values) - start} {
				count = min(count, len(values)-start)
				data, mask, err := file.Read(0, uint64(start), uint64(count))
				if err != nil || len(data) != 4*count || len(mask) != count {
					t.Fatal(start, count, len(data), len(mask), err)
				}
				for i := range count {
					if int32(data[4*i])|int32(data[4*i+1])<<8 != values[start+i] || (mask[i] != 0) != bits[start+i] {
						t.Fatal("another value at", start+i)
					}
				}
			}
		}
		for _, bad := range [][2]uint64{{6000, 1}, {0, 6001}, {1 << 63, 1 << 63}} {
			if _, _, err := file.Read(0, bad[0], bad[1]); err == nil {
				t.Fatal("read", bad)
			}
		}
	}
}

func TestAnIndexThatLies(t *testing.T) {
	raw, _, _ := rows(t, masquerade.Uncompressed)
	// A block that was damaged after it was written is found when it is read, and no other is.
	mutant := bytes.Clone(raw)
	mutant[len(mutant)/2] ^= 1
	file, err := masquerade.OpenBlocks(bytes.NewReader(mutant), int64(len(mutant)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := file.Read(0, 0, 80); err != nil {
		t.Fatal(err)
	}
	_, _, err = file.Read(0, 0, 6000)
	if err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Fatal("not refused, but", err)
	}
}

func FuzzUnmarshalBlocks(f *testing.F) {
	names, err := filepath.Glob(filepath.Join(vectors, "blocks", "*.mqb"))
	if err != nil || len(names) == 0 {
		f.Fatal("no vectors", err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(raw) < 2000 {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, err := masquerade.UnmarshalBlocks(raw)
		var own *masquerade.Error
		if err != nil && !errors.As(err, &own) {
			t.Fatal(err)
		}
	})
}
