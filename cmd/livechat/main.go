// Livechat is the CDK app: it turns one environment's configuration into an assembly, and keeps it only if the policies hold.
//
// The cdk CLI runs it as cdk.json says, with the environment in the context (-c env=prod); by hand it is
//
//	bin/livechat -env prod            writes cdk.out/prod
//
// It exits 0 when the assembly is written; 1 when a policy or CDK's validator is violated; 2 when the configuration is
// wrong; 3 when the program itself is at fault. In the last three the assembly of the last good run stays as it was.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"livechat.example/cloud/config"
	"livechat.example/cloud/internal/stamp"
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/catalogue"
	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/stacks"
)

const (
	violated = 1
	badInput = 2
	fault    = 3
)

// judge is what decides whether an assembly is kept; the tests put another in its place.
var judge = catalogue.Judge

func main() {
	code := run(os.Args[1:], os.Stdout, os.Stderr)
	stacks.Close()
	os.Exit(code)
}

// request is what was asked for, by flags or by the cdk CLI.
type request struct {
	environment string
	root        string // the folder of environments
	lambdas     string // the folder of the functions' code
	out         string // the assembly's
	underCLI    bool
	ifChanged   bool
}

func run(args []string, stdout, stderr io.Writer) int {
	r, err := requested(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return badInput
	}
	env, err := config.Load(r.root, r.environment, time.Now())
	if err != nil {
		fmt.Fprintln(stderr, err)
		return badInput
	}
	lambdas, err := stacks.LoadLambdas(r.lambdas)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return badInput
	}
	if err := stamp.MayReplace(r.out); err != nil {
		fmt.Fprintln(stderr, err)
		return badInput
	}
	made := sync.OnceValues(func() (stamp.Stamp, error) { return inputs(r) })
	if last, err := stamp.Of(r.out); r.ifChanged && err == nil {
		if now, err := made(); err == nil && now == last {
			fmt.Fprintf(stdout, "%s: up to date\n", r.out)
			return 0
		}
	}
	go made() // it reads 250 MB, and a synthesis leaves a core idle most of the time
	started := time.Now()
	summary, code, err := write(env, lambdas, made, r.out)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return code
	}
	if !r.underCLI {
		if stamped, _ := made(); !stamped.Validator {
			summary += ", CDK's validator off"
		}
		fmt.Fprintf(stdout, "%s: %s, in %.1f s\n", r.out, summary, time.Since(started).Seconds())
		for _, cost := range env.Costs() {
			fmt.Fprintln(stdout, "  costs:", cost)
		}
		if unbuilt := env.NotBuilt(); len(unbuilt) > 0 {
			fmt.Fprintln(stdout, "  not built yet:", strings.Join(unbuilt, ", "))
		}
	}
	return 0
}

// requested reads the flags and what the cdk CLI passes in the environment.
func requested(args []string, stderr io.Writer) (request, error) {
	r := request{}
	flags := flag.NewFlagSet("livechat", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&r.environment, "env", "dev", "the environment to synthesize: a folder of -config")
	flags.StringVar(&r.root, "config", filepath.Join("config", "environments"), "the folder of environments")
	flags.StringVar(&r.lambdas, "lambdas", filepath.Join("bin", "lambda"), "the folder of the functions' code, which `make build` fills")
	flags.BoolVar(&r.ifChanged, "if-changed", false, "write nothing where -out was made of the same inputs")
	flags.StringVar(&r.out, "out", "", "the assembly's folder (default cdk.out/ENV)")
	if err := flags.Parse(args); err != nil {
		return r, err
	}
	if flags.NArg() > 0 {
		return r, fmt.Errorf("unexpected argument %q; see -help", flags.Arg(0))
	}
	if dir := os.Getenv("CDK_OUTDIR"); dir != "" && r.out == "" {
		r.out, r.underCLI = dir, true
		if err := fromContext(&r, os.Getenv("CDK_CONTEXT_JSON")); err != nil {
			return r, err
		}
	}
	if r.out == "" {
		r.out = filepath.Join("cdk.out", r.environment)
	}
	return r, nil
}

// write synthesizes into a fresh folder, judges it, and puts it in place. Its error comes with the exit code.
func write(env config.Environment, lambdas stacks.Lambdas, made func() (stamp.Stamp, error), out string) (summary string, code int, err error) {
	fresh, discard, err := freshBeside(out)
	if err != nil {
		return "", badInput, err
	}
	defer discard()
	if err := stacks.Synth(env, lambdas, fresh); err != nil {
		if defect := new(stacks.Fault); errors.As(err, &defect) {
			return "", fault, err
		}
		return "", violated, err
	}
	estate, err := template.Read(fresh)
	if err != nil {
		return "", fault, err
	}
	verdict := judge(estate, time.Now())
	if !verdict.Holds() {
		return "", violated, violations(verdict)
	}
	stamped, err := made()
	if err != nil {
		return "", badInput, err
	}
	if err := errors.Join(stamped.Write(fresh), replace(out, fresh)); err != nil {
		return "", badInput, err
	}
	resources := 0
	for range estate.All() {
		resources++
	}
	return fmt.Sprintf("%d stacks, %d resources, %d policies hold", len(estate.Stacks()), resources, verdict.Policies), 0, nil
}

// violations tells each finding in a line, and that nothing was written.
func violations(v policies.Verdict) error {
	var lines []error
	for _, f := range v.Findings {
		lines = append(lines, fmt.Errorf("%s %s (%s): %s; fix: %s", f.Policy.ID, f.Resource(), f.Path, f.Message, f.Policy.Fix))
	}
	lines = append(lines, fmt.Errorf("%d violations; nothing was written", len(v.Findings)))
	return errors.Join(lines...)
}
