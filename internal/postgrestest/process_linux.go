package postgrestest

import "syscall"

// endsWithTest has a server end also when its test is killed.
func endsWithTest() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT} }
