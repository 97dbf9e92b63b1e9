// Package schema is the database: what is in it, who may do what with it, and how it becomes so.
package schema

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
)

//go:embed sql/*.sql
var embedded embed.FS

//go:embed isolation.sql
var isolation string

// File is a step from one version of the schema to the next, which is the file's number. Once it was applied anywhere it is never
// edited: another follows.
type File struct {
	Version int
	Name    string // without the number: 0003_conversations.sql is conversations
	SQL     string
	SHA256  string // of SQL
}

func (f File) String() string { return fmt.Sprintf("%04d_%s.sql", f.Version, f.Name) }

// Files are the schema's, in their order.
func Files() []File {
	sub, err := fs.Sub(embedded, "sql")
	if err != nil {
		panic(err)
	}
	files, err := Read(sub)
	if err != nil {
		panic(err) // a test reads them
	}
	return files
}

var (
	fileName = regexp.MustCompile(`^(\d{4})_([a-z][a-z0-9_]*)\.sql$`)
	// ends would take the rest of a file out of the transaction that it is applied in.
	ends = regexp.MustCompile(`(?im)^\s*(?:(?:BEGIN|COMMIT|END|ROLLBACK|ABORT)(?:\s+(?:WORK|TRANSACTION|AND|PREPARED)\b[^;]*)?|(?:START|PREPARE)\s+TRANSACTION\b[^;]*)\s*;`)
)

// Read takes the files of a folder, numbered from 1 without a gap.
func Read(folder fs.FS) ([]File, error) {
	names, err := fs.Glob(folder, "*")
	if err != nil {
		return nil, err
	}
	var files []File
	var faults []error
	for _, name := range names {
		f, err := readFile(folder, name)
		if err == nil && f.Version != len(files)+1 {
			err = fmt.Errorf("%s: the next is number %d", name, len(files)+1)
		}
		files, faults = append(files, f), append(faults, err)
	}
	if len(files) == 0 {
		return nil, errors.New("there is no file of SQL")
	}
	return files, errors.Join(faults...)
}

func readFile(folder fs.FS, name string) (File, error) {
	parts := fileName.FindStringSubmatch(path.Base(name))
	if parts == nil {
		return File{}, fmt.Errorf("%s is not named as 0001_words.sql", name)
	}
	text, err := fs.ReadFile(folder, name)
	if err != nil {
		return File{}, err
	}
	version, err := strconv.Atoi(parts[1])
	if err != nil {
		return File{}, err
	}
	if line := ends.Find(text); line != nil {
		return File{}, fmt.Errorf("%s: %q would end the transaction that the file is applied in", name, line)
	}
	sum := sha256.Sum256(text)
	return File{Version: version, Name: parts[2], SQL: string(text), SHA256: hex.EncodeToString(sum[:])}, nil
}
