//go:build !linux

package postgrestest

import "syscall"

func endsWithTest() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
