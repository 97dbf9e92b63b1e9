// Livechatctl is the reviewer's and operator's tool. It reads what was synthesized or written, and holds no CDK, no
// credentials and no network.
//
// Exit codes: 0 all is well, 1 what was judged does not hold, 2 the input cannot be read or the call is wrong, 3 a
// fault of livechatctl itself.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // `check | head` still exits with its verdict
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// The exit codes.
const (
	holds    = 0
	violated = 1
	unjudged = 2
	faulty   = 3
)

// run returns the whole program but for the process: what it writes reaches out only when a command has finished.
func run(args []string, out, faults io.Writer) (code int) {
	defer func() {
		if p := recover(); p != nil {
			complain(faults, fmt.Errorf("a fault of livechatctl itself: %v", p))
			code = faulty
		}
	}()
	var complete strings.Builder
	root := newRoot()
	root.SetArgs(append([]string{}, args...)) // cobra takes nil for the process's own
	root.SetOut(&complete)
	root.SetErr(faults)
	answer := exitStatus(holds)
	if err := root.Execute(); err != nil && !errors.As(err, &answer) {
		complain(faults, err)
		return unjudged
	}
	_, err := io.WriteString(out, complete.String())
	if err != nil && !errors.Is(err, syscall.EPIPE) { // a reader that has seen enough takes nothing from the verdict
		complain(faults, fmt.Errorf("cannot write: %w", err))
		return unjudged
	}
	return int(answer)
}

// exitStatus is the error of a command whose output has said everything: only the exit code is left.
type exitStatus int

func (t exitStatus) Error() string { return fmt.Sprintf("exit code %d", int(t)) }

// faultList is an error of many lines, each naming its own file.
type faultList struct{ error }

// complain writes an error on one line, and a list of faults on a line each.
func complain(faults io.Writer, err error) {
	if list := (faultList{}); errors.As(err, &list) {
		for line := range strings.Lines(list.Error()) {
			fmt.Fprintln(faults, oneLine(line))
		}
		return
	}
	fmt.Fprintln(faults, "livechatctl:", oneLine(err.Error()))
}
