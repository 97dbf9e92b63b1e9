package localaws

import (
	_ "embed"
	"io"
	"os/exec"
	"syscall"
)

//go:embed guard.py
var guardScript string

// guarded is a child process, with all that it starts, that cannot outlive this one: not after Ctrl-C, a panic or a kill.
type guarded struct {
	cmd   *exec.Cmd
	alive io.WriteCloser // closed by stop, or by the system when this process ends
	ended chan struct{}
	err   error // how it ended; read after ended
}

// child is what to run below a guard.
type child struct {
	python  string // the interpreter that runs the guard
	scratch string // a folder that goes with the process, "" for none
	dir     string
	env     []string // the whole environment
	output  io.Writer
	command []string
}

// start starts the child. Its standard output and error both go to output.
func (c child) start() (*guarded, error) {
	cmd := exec.Command(c.python, append([]string{"-c", guardScript, c.scratch}, c.command...)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.dir, c.env, c.output, c.output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	alive, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	g := &guarded{cmd: cmd, alive: alive, ended: make(chan struct{})}
	go func() {
		g.err = cmd.Wait()
		close(g.ended)
	}()
	return g, nil
}

// stop ends the child and waits until nothing of it is left.
func (g *guarded) stop() {
	g.alive.Close()
	<-g.ended
}
