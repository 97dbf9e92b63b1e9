// Deploylocal deploys a written cloud assembly to an AWS emulator on loopback, compares what came up with what ships, and
// leaves nothing running.
//
// Exit codes: 0 it came up as it ships, 1 it did not, 2 the input is not an assembly or a tool is missing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"livechat.example/cloud/localaws"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, faults io.Writer) int {
	flags := flag.NewFlagSet("deploylocal", flag.ContinueOnError)
	flags.SetOutput(faults)
	env := flags.String("env", "dev", "the environment, for messages and the default of -assembly")
	dir := flags.String("assembly", "", "the folder that cdk synth wrote (default cdk.out/ENV)")
	root := flags.String("root", ".", "the repository, whose .venv and node_modules are used")
	logs := flags.String("logs", "", "the folder for the logs of a run that fails (default ROOT/.cache/deploy-local)")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		flags.Usage()
		return 2
	}
	if *dir == "" {
		*dir = filepath.Join(*root, "cdk.out", *env)
	}
	if *logs == "" {
		*logs = filepath.Join(*root, ".cache", "deploy-local")
	}
	tools, err := localaws.ToolsIn(*root)
	if err != nil {
		fmt.Fprintln(faults, "deploylocal:", err)
		return 2
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer cancel()
	fmt.Fprintf(out, "deploy %s to a local AWS\n", *env)
	err = localaws.Run(ctx, localaws.Options{Assembly: *dir, Tools: tools, Logs: *logs}, out)
	if err == nil {
		return 0
	}
	fmt.Fprintln(faults, "deploylocal:", err)
	if bad := (localaws.BadAssembly{}); errors.As(err, &bad) {
		fmt.Fprintf(faults, "  `make synth ENV=%s` writes the assembly\n", *env)
		return 2
	}
	return 1
}
