package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"livechat.example/cloud/internal/stamp"
)

// inputs returns the stamp of the assembly that a request would write: the content of its configuration, of the program, of the functions' code and
// of the Node that the library runs on, and whether CDK's validator judges it. What is deleted or renamed is another input.
func inputs(r request) (stamp.Stamp, error) {
	made := stamp.Stamp{Environment: r.environment, Validator: os.Getenv("CDK_VALIDATION") != "false"}
	program, err := os.Executable()
	if err != nil {
		return made, err
	}
	sum := sha256.New()
	fmt.Fprintln(sum, made.Environment, made.Validator)
	for _, path := range []string{filepath.Join(r.root, r.environment), program, r.lambdas, os.Getenv("JSII_NODE")} {
		if err := add(sum, path); err != nil {
			return made, err
		}
	}
	made.Inputs = hex.EncodeToString(sum.Sum(nil))
	return made, nil
}

// add adds the names and the content of the files at or below a path. A path that is not there adds its absence.
func add(sum hash.Hash, root string) error {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		fmt.Fprintln(sum, name)
		_, err = io.Copy(sum, f)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintln(sum, "absent")
		return nil
	}
	return err
}
