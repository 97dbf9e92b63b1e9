package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// packages is where jsii unpacks its libraries (internal/node), one folder for each version and content.
const (
	packages = ".cache/jsii/packages"
	marker   = ".jsii-runtime-package-cache" // in each folder that is complete
)

// floor measures the least that prod's templates take: aws-cdk-lib alone writes the same templates, on the same Node, from JSON.
func (b bench) floor() (row, error) {
	written, out := filepath.Join(b.scratch, "assembly-prod"), filepath.Join(b.scratch, "floor")
	// The same path every time: Node keeps compiled code by it.
	modules, err := filepath.Abs(filepath.Join(".cache", "node", "floor", "node_modules"))
	if err != nil {
		return row{}, err
	}
	if err := link(modules); err != nil {
		return row{}, err
	}
	r, err := b.best("the floor: the templates of prod by aws-cdk-lib alone",
		[]string{"CDK_VALIDATION=false", "NODE_PATH=" + modules, "NODE_COMPILE_CACHE=" + filepath.Join(filepath.Dir(modules), "compiled")},
		filepath.Join("node_modules", ".bin", "node"), "--preserve-symlinks", filepath.Join("test", "bench", "floor.js"), written, out)
	return r, errors.Join(err, same(written, out))
}

// link makes a node_modules of what jsii has unpacked; of two versions of a library, the one that was used last.
func link(modules string) error {
	markers, _ := filepath.Glob(filepath.Join(packages, "*", "*", "*", marker))
	scoped, _ := filepath.Glob(filepath.Join(packages, "@*", "*", "*", "*", marker))
	markers = append(markers, scoped...)
	slices.SortFunc(markers, func(a, b string) int { return used(a).Compare(used(b)) })
	for _, m := range markers {
		folder, err := filepath.Abs(filepath.Dir(m))
		if err != nil {
			return err
		}
		library, err := filepath.Rel(packages, filepath.Dir(filepath.Dir(filepath.Dir(m))))
		if err != nil {
			return err
		}
		link := filepath.Join(modules, library)
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			return err
		}
		os.Remove(link)
		if err := os.Symlink(folder, link); err != nil {
			return err
		}
	}
	return nil
}

// used returns when jsii last used a library: it touches the marker.
func used(marker string) time.Time {
	info, err := os.Lstat(marker)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// same returns an error that names a template in which two assemblies differ.
func same(written, replayed string) error {
	templates, _ := filepath.Glob(filepath.Join(written, "*.template.json"))
	for _, file := range templates {
		one, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		other, err := os.ReadFile(filepath.Join(replayed, filepath.Base(file)))
		if err != nil {
			return err
		}
		if !bytes.Equal(one, other) {
			return fmt.Errorf("the floor writes another %s than the program", filepath.Base(file))
		}
	}
	return nil
}
