// Package localaws deploys a written cloud assembly, as it ships, to an AWS emulator on loopback: no account, no
// credentials, nothing that can leave the machine. It drives the stock cdk CLI and reads back through the AWS SDK.
package localaws

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"livechat.example/cloud/internal/bootstrap"
	"livechat.example/cloud/localaws/assembly"
)

// Cloud is a running emulator and the localized copy of an assembly that is deployed to it.
type Cloud struct {
	assembly.Localized
	bootstrap bootstrap.Props
	emulator  *emulator
	cdk       cli
	logs      []*os.File
}

// Options say what to deploy, and with what.
type Options struct {
	Assembly string // the folder that `cdk synth` wrote; it is only read
	Tools    Tools
	Logs     string // the folder that the emulator and the CLI log into; made if missing
}

// Start localizes the assembly and starts an emulator for its account. An assembly that cannot be read is a BadAssembly.
// Close the cloud; should this process die before, the emulator and its folder go all the same.
func Start(ctx context.Context, o Options) (_ *Cloud, err error) {
	shipped, err := assembly.Read(o.Assembly)
	if err != nil {
		return nil, BadAssembly{err}
	}
	before, err := bootstrapOf(shipped)
	if err != nil {
		return nil, BadAssembly{err}
	}
	c := &Cloud{bootstrap: before}
	if err := c.openLogs(o.Logs); err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "deploy-local-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(scratch)
		}
	}()
	if c.Localized, err = assembly.Localize(shipped, filepath.Join(scratch, "assembly")); err != nil {
		return nil, BadAssembly{err}
	}
	if c.emulator, err = startEmulator(ctx, o.Tools.Python, before.Account, scratch, c.logs[0]); err != nil {
		return nil, fmt.Errorf("%w\n  its log: %s", err, c.logs[0].Name())
	}
	c.cdk = cli{tools: o.Tools, scratch: scratch, endpoint: c.emulator.endpoint, region: shipped.Stacks[0].Region, log: c.logs[1]}
	return c, nil
}

// BadAssembly says that what to deploy is not an assembly, or not one that an emulator can take.
type BadAssembly struct{ error }

func (b BadAssembly) Unwrap() error { return b.error }

func (c *Cloud) openLogs(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"emulator-*.log", "cdk-*.log"} {
		f, err := os.CreateTemp(dir, name)
		if err != nil {
			return err
		}
		c.logs = append(c.logs, f)
	}
	return nil
}

// Close ends the emulator and all that it started, and removes its folder. The logs stay; Forget removes them too.
func (c *Cloud) Close() {
	c.emulator.process.stop()
	for _, f := range c.logs {
		f.Close()
	}
}

// Forget removes the logs of a run that nobody has to look into.
func (c *Cloud) Forget() {
	for _, f := range c.logs {
		os.Remove(f.Name())
	}
}

// Logs names the files that tell what happened: the emulator's, then the CLI's.
func (c *Cloud) Logs() []string { return []string{c.logs[0].Name(), c.logs[1].Name()} }

// bootstrapOf is what must be there before the assembly's stacks. Which environment they are of, they say themselves.
func bootstrapOf(a assembly.Assembly) (bootstrap.Props, error) {
	account, err := a.Account()
	if err != nil {
		return bootstrap.Props{}, err
	}
	p := bootstrap.Props{Account: account, Qualifier: a.Qualifier, Environment: a.Stacks[0].Intent("environment")}
	for _, s := range a.Stacks {
		switch got := s.Intent("environment"); got {
		case "":
			return p, fmt.Errorf("%s: stack %s does not say in Metadata.LiveChat.environment which environment it is of", a.Dir, s.Name)
		case p.Environment:
		default:
			return p, fmt.Errorf("%s: stack %s is of %s, and %s of %s; one environment is deployed at a time", a.Dir, a.Stacks[0].Name, p.Environment, s.Name, got)
		}
	}
	for _, e := range a.Environments() {
		p.Regions = append(p.Regions, e.Region)
	}
	return p, nil
}

// Bootstrap deploys to every region of the assembly what stacks are deployed by, as `make bootstrap` does.
func (c *Cloud) Bootstrap(ctx context.Context) error {
	_, err := c.bootstraps(ctx)
	return err
}

func (c *Cloud) bootstraps(ctx context.Context, options ...string) (output string, err error) {
	template, err := c.bootstrap.Template()
	if err != nil {
		return "", err
	}
	file := filepath.Join(c.cdk.scratch, "bootstrap.template.json")
	if err := os.WriteFile(file, template, 0o600); err != nil {
		return "", err
	}
	return c.cdk.run(ctx, append(c.bootstrap.Arguments(file), options...)...)
}

// deployConcurrency is how many stacks the CLI deploys at once where their order allows it.
const deployConcurrency = "6"

// Deploy creates or updates every stack, in the assembly's order.
func (c *Cloud) Deploy(ctx context.Context) error {
	_, err := c.cdk.run(ctx, "deploy", "--all", "--app", c.Dir, "--require-approval", "never",
		"--concurrency", deployConcurrency, "--asset-parallelism")
	return err
}

// Diff compares every stack with what is deployed. The cdk CLI takes no --all here: no pattern is all that the manifest
// lists, and Compared says which those were.
func (c *Cloud) Diff(ctx context.Context) (Diff, error) {
	output, err := c.cdk.run(ctx, "diff", "--app", c.Dir, "--fail")
	if failed := (*CommandError)(nil); err != nil && !errors.As(err, &failed) {
		return Diff{}, err
	}
	d, unreadable := readDiff(output)
	if unreadable != nil || d.Differing == 0 {
		return d, errors.Join(err, unreadable)
	}
	return d, nil // --fail exits 1 for what Differing says
}

// Destroy deletes every stack, the last deployed first. What is to be retained stays.
func (c *Cloud) Destroy(ctx context.Context) error {
	_, err := c.cdk.run(ctx, "destroy", "--all", "--app", c.Dir, "--force")
	return err
}
