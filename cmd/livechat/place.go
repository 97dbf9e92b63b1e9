package main

import (
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// freshBeside makes an empty folder on the same disk as out. discard removes it if it is still there, as does an interrupt.
func freshBeside(out string) (fresh string, discard func(), err error) {
	parent := filepath.Dir(filepath.Clean(out))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", nil, err
	}
	if fresh, err = os.MkdirTemp(parent, ".fresh-"+filepath.Base(out)+"-"); err != nil {
		return "", nil, err
	}
	if err := os.Chmod(fresh, 0o755); err != nil {
		return "", nil, err
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupts
		os.RemoveAll(fresh)
		os.Exit(128 + int(syscall.SIGINT))
	}()
	return fresh, func() { signal.Stop(interrupts); os.RemoveAll(fresh) }, nil
}

// replace puts fresh where out is. The cdk CLI holds its locks inside the folder, so they move along.
func replace(out, fresh string) error {
	locks, err := filepath.Glob(filepath.Join(out, "*.lock"))
	if err != nil {
		return err
	}
	for _, lock := range locks {
		if err := os.Rename(lock, filepath.Join(fresh, filepath.Base(lock))); err != nil {
			return err
		}
	}
	old := fresh + ".old"
	switch err := os.Rename(out, old); {
	case os.IsNotExist(err):
		return os.Rename(fresh, out)
	case err != nil:
		return err
	}
	if err := os.Rename(fresh, out); err != nil {
		return os.Rename(old, out)
	}
	return os.RemoveAll(old)
}
