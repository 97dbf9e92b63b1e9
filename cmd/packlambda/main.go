// Packlambda builds a Lambda and packs it into the zip file that is deployed: the same bytes from the same sources, whatever
// the folder, the machine or the day, so that the CodeSha256 of a function in AWS can be held against a build of one's own.
//
//	go run ./cmd/packlambda -out bin/lambda/vpctask.zip ./cmd/vpctask
package main

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// settings are all of the environment that a build depends on. x86_64, though arm64 is cheaper: the local AWS runs the function
// as a process of this machine. GOAMD64 and GOFLAGS are stated lest a developer's own get in.
var settings = []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOAMD64=v1", "GOFLAGS=-mod=readonly", "GOEXPERIMENT=", "GOWORK=off"}

func main() {
	out := flag.String("out", "", "the zip file to write")
	flag.Parse()
	if *out == "" || flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: packlambda -out FILE.zip PACKAGE")
		os.Exit(2)
	}
	if err := pack(*out, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "packlambda:", err)
		os.Exit(1)
	}
}

// pack writes the zip file beside its place first, so that there is never a broken one.
func pack(out, source string) error {
	folder, err := os.MkdirTemp("", "packlambda-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	bootstrap := filepath.Join(folder, "bootstrap")
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", bootstrap, source)
	build.Env = append(os.Environ(), settings...)
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", source, err, text)
	}
	binary, err := os.Open(bootstrap)
	if err != nil {
		return err
	}
	defer binary.Close()
	var packed bytes.Buffer
	if err := compress(&packed, binary); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(out+".new", packed.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Rename(out+".new", out)
}

// compress packs a bootstrap that may be executed, and no time.
func compress(to io.Writer, bootstrap io.Reader) error {
	archive := zip.NewWriter(to)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	header.SetMode(0o755)
	entry, err := archive.CreateHeader(header)
	if err != nil {
		return err
	}
	if _, err := io.Copy(entry, bootstrap); err != nil {
		return err
	}
	return archive.Close()
}
