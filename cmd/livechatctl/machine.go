package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	goversion "go/version"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

const (
	leastGo  = "1.26" // the go line of go.mod
	nodeLine = "24"   // the line of Node that package.json pins, by one package for each platform
	// leastDisk is what a first build, its caches and the local deploy took, in bytes, and half as much again.
	leastDisk = 4 << 30
	patience  = 20 * time.Second
)

// lookGo asks the go command, in the repository, for the toolchain that it would build with.
func lookGo(root string) (string, error) {
	version, err := ask(root, "go", "env", "GOVERSION")
	if err == nil && goversion.Compare(version, "go"+leastGo) < 0 {
		err = fmt.Errorf("%s is too old", version)
	}
	return version, err
}

func lookNode(root string) (string, error) {
	version, err := ask(root, filepath.Join("node_modules", ".bin", "node"), "--version")
	if err == nil && !strings.HasPrefix(version, "v"+nodeLine+".") {
		err = fmt.Errorf("%s is another line", version)
	}
	return version, err
}

func lookCDK(root string) (string, error) {
	var pins struct{ Dependencies map[string]string }
	if err := readJSON(filepath.Join(root, "package.json"), &pins); err != nil {
		return "", err
	}
	var installed struct{ Version string }
	if err := readJSON(filepath.Join(root, "node_modules", "aws-cdk", "package.json"), &installed); err != nil {
		return "", err
	}
	return installed.Version, pinned(installed.Version, pins.Dependencies["aws-cdk"])
}

// lookPython looks for a tool of requirements.txt in .venv: its command, and the record of its version that pip left.
func lookPython(tool string) func(string) (string, error) {
	pin := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(tool) + `==([^\s\\;]+)`)
	return func(root string) (string, error) {
		requirements, err := os.ReadFile(filepath.Join(root, "requirements.txt"))
		if err != nil {
			return "", err
		}
		want := pin.FindSubmatch(requirements)
		if want == nil {
			return "", fmt.Errorf("requirements.txt does not pin %s", tool)
		}
		if _, err := os.Stat(filepath.Join(root, ".venv", "bin", tool)); err != nil {
			return "", plainly(err)
		}
		name := strings.ReplaceAll(tool, "-", "_")
		records, err := filepath.Glob(filepath.Join(root, ".venv", "lib", "python3*", "site-packages", name+"-*.dist-info"))
		if err != nil || len(records) == 0 {
			return "", errors.New("not in .venv")
		}
		version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(records[0]), name+"-"), ".dist-info")
		return version, pinned(version, string(want[1]))
	}
}

func lookLoopback(string) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return "127.0.0.1", l.Close()
}

func lookDisk(root string) (string, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(root, &disk); err != nil {
		return "", err
	}
	free := uint64(disk.Bavail) * uint64(disk.Bsize)
	found := fmt.Sprintf("%.1f GiB", float64(free)/(1<<30))
	if free < leastDisk {
		return found, fmt.Errorf("%s of %d GiB", found, leastDisk>>30)
	}
	return found, nil
}

func pinned(found, want string) error {
	if found != want {
		return fmt.Errorf("%s is not %s", found, want)
	}
	return nil
}

// ask returns the first line that a program prints. A program with a slash in its name is one of the repository's.
func ask(root, program string, args ...string) (string, error) {
	if strings.ContainsRune(program, filepath.Separator) {
		var err error
		if program, err = filepath.Abs(filepath.Join(root, program)); err != nil {
			return "", err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, program, args...)
	c.Dir = root
	text, err := c.Output()
	failed := (&exec.ExitError{})
	switch called := filepath.Base(program) + " " + strings.Join(args, " "); {
	case ctx.Err() != nil:
		err = fmt.Errorf("%s: no answer within %s", called, patience)
	case errors.As(err, &failed):
		err = fmt.Errorf("%s: %w %s", called, err, failed.Stderr)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return line, plainly(err)
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return plainly(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// plainly returns, of a file that is not there, only its name.
func plainly(err error) error {
	if p := (&fs.PathError{}); errors.As(err, &p) && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no %s", p.Path)
	}
	return err
}
