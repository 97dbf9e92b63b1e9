package stamp

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Sum returns one hash of files and folders, by the contents of what is in them and its names from there.
func Sum(paths ...string) (string, error) {
	all := sha256.New()
	for _, path := range paths {
		err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			file, err := os.Open(name)
			if err != nil {
				return err
			}
			defer file.Close()
			within, err := filepath.Rel(path, name)
			if err != nil {
				return err
			}
			fmt.Fprintln(all, within)
			_, err = io.Copy(all, file)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}
