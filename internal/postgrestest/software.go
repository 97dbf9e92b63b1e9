package postgrestest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
)

// software is where a server's programs are.
type software struct {
	bin     string
	pgaudit bool
}

// find takes the pinned server, which it installs where it is not; the machine's own, of whatever version and most likely without
// pgaudit, only where the pinned one cannot be had.
func find() (software, error) {
	folder, err := cache()
	if err != nil {
		return software{}, err
	}
	refused := Install(folder)
	if refused == nil {
		return software{bin: filepath.Join(folder, "bin"), pgaudit: true}, nil
	}
	for _, own := range ownServers() {
		if _, err := os.Stat(filepath.Join(own, "initdb")); err == nil {
			fmt.Fprintf(os.Stderr, "postgrestest: PostgreSQL %s cannot be installed, so this runs on %s, without pgaudit: %v\n", Version, own, refused)
			return software{bin: own}, nil
		}
	}
	return software{}, fmt.Errorf("PostgreSQL %s cannot be installed, and there is none of the machine's own: %w", Version, refused)
}

// ownServers are the folders where the machine's own server may be, the newest version first.
func ownServers() []string {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Sort(folders)
	slices.Reverse(folders)
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			folders = slices.Insert(folders, 0, filepath.Dir(path))
		}
	}
	return folders
}

// cache is the pinned server's folder, in the module's.
func cache() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return filepath.Join(folder, ".cache", "postgres", Version), nil
		}
		if folder == filepath.Dir(folder) {
			return "", errors.New("the test runs outside the module")
		}
		folder = filepath.Dir(folder)
	}
}

// reachable is where whom the server runs as can execute it: where it is, or a copy in the folder if the module lies in a home
// that is closed to others.
func (s software) reachable(folder string) (string, error) {
	if os.Geteuid() != 0 || open(s.bin) {
		return s.bin, nil
	}
	copied := filepath.Join(folder, "software")
	if _, err := os.Stat(copied); err == nil {
		return filepath.Join(copied, "bin"), nil
	}
	return filepath.Join(copied, "bin"), os.CopyFS(copied, os.DirFS(filepath.Dir(s.bin)))
}

// open reports whether others may go through all folders on the way. It does not ask by os.Stat, which makes a folder an input of
// the test: a folder changes with every file in it, and Go would never take the test's result from its cache.
func open(folder string) bool {
	for ; folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		var info syscall.Stat_t
		if err := syscall.Stat(folder, &info); err != nil || info.Mode&0o001 == 0 {
			return false
		}
	}
	return true
}
