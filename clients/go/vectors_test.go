package masquerade_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	masquerade "github.com/masquerade/masquerade/clients/go"
)

var vectors = filepath.Join("..", "vectors")

type vector struct {
	Name, What string
	Options    struct{ Mask, Checksum string }
}

func (v vector) options() masquerade.Options {
	return masquerade.Options{
		Mask:     map[string]masquerade.MaskEncoding{"raw": masquerade.Raw, "run-length": masquerade.RunLength}[v.Options.Mask],
		Checksum: map[string]masquerade.Checksum{"crc32c": masquerade.CRC32C, "none": masquerade.NoChecksum}[v.Options.Checksum],
	}
}

func index(t *testing.T, folder string) []vector {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(vectors, folder, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var found []vector
	if err := json.Unmarshal(raw, &found); err != nil || len(found) == 0 {
		t.Fatal("no index", err)
	}
	return found
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(vectors, name+".pb"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestVectorsAreReadAndWrittenAgain(t *testing.T) {
	for _, v := range index(t, "") {
		t.Run(v.Name, func(t *testing.T) {
			raw := read(t, v.Name)
			file, err := masquerade.Unmarshal(raw)
			if err != nil {
				t.Fatal(err)
			}
			back, err := masquerade.Marshal(file, v.options())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(raw, back) {
				t.Fatalf("other bytes: %x became %x", raw, back)
			}
		})
	}
}

func TestMalformed(t *testing.T) {
	for _, v := range index(t, "malformed") {
		t.Run(v.Name, func(t *testing.T) {
			refuse(t, v.What, read(t, "malformed/"+v.Name))
		})
	}
}

func refuse(t *testing.T, what string, raw []byte) {
	t.Helper()
	_, err := masquerade.Unmarshal(raw)
	var own *masquerade.Error
	if !errors.As(err, &own) || own.Message == "" {
		t.Fatalf("%s: not refused, but %v", what, err)
	}
}

func TestUnusual(t *testing.T) {
	for _, v := range index(t, "unusual") {
		t.Run(v.Name, func(t *testing.T) {
			file, err := masquerade.Unmarshal(read(t, "unusual/"+v.Name))
			if err != nil {
				t.Fatalf("%s: %v", v.What, err)
			}
			if _, err := masquerade.Marshal(file, masquerade.Options{}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestEveryTruncation(t *testing.T) {
	for _, name := range []string{"mask-runs", "struct-nested", "dict"} {
		raw := read(t, name)
		for n := range raw {
			refuse(t, name, raw[:n])
		}
	}
}

func TestEveryFlippedBitOfTheData(t *testing.T) {
	raw := read(t, "checksum-crc32c")
	file, err := masquerade.Unmarshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	array, err := file.Array()
	if err != nil {
		t.Fatal(err)
	}
	start := bytes.Index(raw, array.Data)
	for at := start; at < start+len(array.Data); at++ {
		mutant := bytes.Clone(raw)
		mutant[at] ^= 1 << (at % 8)
		refuse(t, "a flipped bit", mutant)
	}
}

func FuzzUnmarshal(f *testing.F) {
	names, err := filepath.Glob(filepath.Join(vectors, "*.pb"))
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
		file, err := masquerade.Unmarshal(raw)
		var own *masquerade.Error
		if err != nil {
			if !errors.As(err, &own) {
				t.Fatal(err)
			}
			return
		}
		// What is read can be written, and read again as the same.
		first, err := masquerade.Marshal(file, masquerade.Options{})
		if err != nil {
			t.Fatal(err)
		}
		again, err := masquerade.Unmarshal(first)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := masquerade.Marshal(again, masquerade.Options{}); err != nil || !bytes.Equal(first, second) {
			t.Fatal("other bytes the second time", err)
		}
	})
}
