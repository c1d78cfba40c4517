// Reads each of the shared vectors and writes it again. usage: go run ./internal/roundtrip FROM TO INDEX.json
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	masquerade "github.com/masquerade/masquerade/clients/go"
)

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(from, to, index string) error {
	raw, err := os.ReadFile(index)
	if err != nil {
		return err
	}
	var vectors []struct {
		Name    string
		Options struct{ Mask, Checksum string }
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		return err
	}
	masks := map[string]masquerade.MaskEncoding{"raw": masquerade.Raw, "run-length": masquerade.RunLength}
	sums := map[string]masquerade.Checksum{"crc32c": masquerade.CRC32C, "none": masquerade.NoChecksum}
	for _, v := range vectors {
		file, err := masquerade.Load(filepath.Join(from, v.Name+".pb"))
		if err != nil {
			return fmt.Errorf("%s: %w", v.Name, err)
		}
		options := masquerade.Options{Mask: masks[v.Options.Mask], Checksum: sums[v.Options.Checksum]}
		if err := masquerade.Save(filepath.Join(to, v.Name+".pb"), file, options); err != nil {
			return fmt.Errorf("%s: %w", v.Name, err)
		}
	}
	return nil
}
