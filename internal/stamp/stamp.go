// Package stamp tells what an assembly was made of: the program writes it into the folder, and its readers ask it.
package stamp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// File is the stamp's name in the folder of an assembly.
const File = "livechat.json"

// Stamp is what an assembly was made of.
type Stamp struct {
	Environment string `json:"environment"`
	Inputs      string `json:"inputs"`    // a SHA-256 over all that synthesis reads, in hex
	Validator   bool   `json:"validator"` // whether CDK's own validator judged it
}

// Of returns the stamp of a folder; an error that is [fs.ErrNotExist] where it has none.
func Of(dir string) (Stamp, error) {
	var s Stamp
	path := filepath.Join(dir, File)
	text, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// Write puts the stamp into a folder.
func (s Stamp) Write(dir string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, File), append(text, '\n'), 0o644)
}

var (
	ofAssembly = regexp.MustCompile(`^(manifest\.json|cdk\.out|tree\.json|livechat\.json|validation-report\.json|.+\.(template|assets|metadata)\.json|asset\..+)$`)
	ofTheCLI   = regexp.MustCompile(`\.lock$`)
)

// MayReplace returns nil where an assembly can be put without a loss: the folder is absent, is empty, or holds an assembly of this program and
// nothing else. The locks of the cdk CLI count for nothing.
func MayReplace(dir string) error {
	const fix = "give a folder that is absent, empty or an assembly of this program"
	switch about, err := os.Lstat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !about.IsDir():
		return fmt.Errorf("%s is no folder; %s", dir, fix)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return ofTheCLI.MatchString(e.Name()) })
	if len(entries) == 0 {
		return nil
	}
	for _, e := range entries {
		if !ofAssembly.MatchString(e.Name()) {
			return fmt.Errorf("%s holds %s, which is no part of an assembly; %s", dir, e.Name(), fix)
		}
	}
	if _, err := Of(dir); err != nil {
		return fmt.Errorf("%s holds %s, but no %s of this program; %s", dir, entries[0].Name(), File, fix)
	}
	return nil
}
