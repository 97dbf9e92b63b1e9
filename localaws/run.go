package localaws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"livechat.example/cloud/localaws/assembly"
	"livechat.example/cloud/localaws/readback"
)

// phase is a step of a run and how long it took.
type phase struct {
	name string
	took time.Duration
}

// Run deploys the assembly to a fresh emulator, reads back what came up, writes the progress and the summary to out, and
// leaves nothing running. The error says what failed, shows the end of what the tool said, and names the logs.
func Run(ctx context.Context, o Options, out io.Writer) error {
	r := run{out: out, began: time.Now()}
	var c *Cloud
	if err := r.step("start the emulator", nil, func() (err error) { c, err = Start(ctx, o); return err }); err != nil {
		return cmp.Or(interrupted(ctx), err)
	}
	err := r.deploy(ctx, c)
	c.Close()
	if stopped := interrupted(ctx); stopped != nil {
		c.Forget()
		return stopped
	}
	if err != nil {
		return fmt.Errorf("%w\n  logs: %s", err, strings.Join(c.Logs(), ", "))
	}
	c.Forget()
	return nil
}

type run struct {
	out    io.Writer
	began  time.Time
	phases []phase
}

func (r *run) deploy(ctx context.Context, c *Cloud) error {
	r.say("%d stacks in %d regions of account %s, %d resources stubbed", len(c.Stacks), len(c.Environments()), c.Stacks[0].Account, len(c.Stubs))
	bootstrapped := func() (string, error) { return howMany(ctx, c, "region", c.toolkits()) }
	if err := r.step("bootstrap", bootstrapped, func() error { return c.Bootstrap(ctx) }); err != nil {
		return err
	}
	came := func() (string, error) { return howMany(ctx, c, "stack", c.Stacks) }
	if err := r.step("deploy", came, func() error { return c.Deploy(ctx) }); err != nil {
		return err
	}
	var deployed []readback.Stack
	var report readback.Report
	err := r.step("read back", nil, func() (err error) {
		if deployed, err = c.Deployed(ctx); err != nil {
			return err
		}
		report, err = c.ReadBack(ctx)
		return err
	})
	if err != nil {
		return err
	}
	summarize(r.out, deployed, c.Stubs, report)
	r.tellTime()
	return verdict(report)
}

// ErrInterrupted is a run that was told to end before it was done.
var ErrInterrupted = errors.New("interrupted; nothing is left running")

func interrupted(ctx context.Context) error {
	if ctx.Err() != nil {
		return ErrInterrupted
	}
	return nil
}

// ErrDifferent is what came up not being what ships.
var ErrDifferent = errors.New("what came up is not what the templates say")

func verdict(report readback.Report) error {
	if len(report.Differences) == 0 {
		return nil
	}
	lines := []string{fmt.Sprintf("%d differences", len(report.Differences))}
	for _, d := range report.Differences {
		lines = append(lines, "  "+d.String())
	}
	return fmt.Errorf("%w: %s", ErrDifferent, strings.Join(lines, "\n"))
}

// progressEvery is the time between two lines that say how far a long phase is.
const progressEvery = 2 * time.Second

// step runs one phase, and says meanwhile how far it is.
func (r *run) step(name string, far func() (string, error), do func() error) error {
	r.say("%s", name)
	began, done := time.Now(), make(chan error, 1)
	go func() { done <- do() }()
	for {
		select {
		case err := <-done:
			r.phases = append(r.phases, phase{name, time.Since(began)})
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		case <-time.After(progressEvery):
			if far == nil {
				continue
			}
			if progress, err := far(); err == nil { // else the phase itself will say what is wrong
				r.say("  %s", progress)
			}
		}
	}
}

// say writes a line with the seconds since the run began.
func (r *run) say(format string, args ...any) {
	fmt.Fprintf(r.out, "%5.1f s  %s\n", time.Since(r.began).Seconds(), fmt.Sprintf(format, args...))
}

func howMany(ctx context.Context, c *Cloud, what string, stacks []assembly.Stack) (string, error) {
	n, err := c.settled(ctx, stacks)
	return fmt.Sprintf("%s %d of %d", what, n, len(stacks)), err
}

func (r *run) tellTime() {
	var parts []string
	for _, p := range r.phases {
		parts = append(parts, fmt.Sprintf("%s %.1f s", p.name, p.took.Seconds()))
	}
	fmt.Fprintf(r.out, "\ntook %.1f s: %s\n", time.Since(r.began).Seconds(), strings.Join(parts, ", "))
}
