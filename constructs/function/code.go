package function

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Code is what a function runs: a zip file that holds a bootstrap.
type Code struct {
	Zip    []byte
	SHA256 string // of the zip file, in hexadecimal
}

// Load reads a zip file that cmd/packlambda wrote.
func Load(path string) (Code, error) {
	zip, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Code{}, fmt.Errorf("%s is not built; run `make build`", path)
	}
	if err != nil {
		return Code{}, err
	}
	sum := sha256.Sum256(zip)
	return Code{Zip: zip, SHA256: hex.EncodeToString(sum[:])}, nil
}

// Asset is the code's file in the assembly: its content is its name, so what is deployed under it cannot be something else.
func (c Code) Asset() string { return "asset." + c.SHA256 + ".zip" }
