package localaws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

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
	if err := r.step("start the emulator", func() (err error) { c, err = Start(ctx, o); return err }); err != nil {
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
	fmt.Fprintf(r.out, "%s: %d stacks, %d regions, account %s, %d resources stubbed\n",
		c.emulator.endpoint, len(c.Stacks), len(c.Environments()), c.Stacks[0].Account, len(c.Stubs))
	if err := r.step("bootstrap", func() error { return c.Bootstrap(ctx) }); err != nil {
		return err
	}
	err := r.step("deploy", func() error { return r.watched(ctx, c, c.Deploy) })
	if err != nil {
		return err
	}
	var deployed []readback.Stack
	var report readback.Report
	err = r.step("read back", func() (err error) {
		if deployed, err = c.Deployed(ctx); err != nil {
			return err
		}
		report, err = readback.Compare(ctx, c.emulator.endpoint, deployed)
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

// step runs one phase and says how long it took.
func (r *run) step(name string, do func() error) error {
	began := time.Now()
	err := do()
	r.phases = append(r.phases, phase{name, time.Since(began)})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(r.out, "  %-20s %5.1f s\n", name, time.Since(began).Seconds())
	return nil
}

// progressEvery is the time between two lines that say how far a deployment is.
const progressEvery = 2 * time.Second

// watched runs a deployment and says every few seconds how many stacks have come up.
func (r *run) watched(ctx context.Context, c *Cloud, deploy func(context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- deploy(ctx) }()
	for {
		select {
		case err := <-done:
			return err
		case <-time.After(progressEvery):
			if n, err := c.Settled(ctx); err == nil {
				fmt.Fprintf(r.out, "  stack %d of %d, %.0f s\n", n, len(c.Stacks), time.Since(r.began).Seconds())
			}
		}
	}
}

func (r *run) tellTime() {
	var parts []string
	for _, p := range r.phases {
		parts = append(parts, fmt.Sprintf("%s %.1f s", p.name, p.took.Seconds()))
	}
	fmt.Fprintf(r.out, "\ntook %.1f s: %s\n", time.Since(r.began).Seconds(), strings.Join(parts, ", "))
}
