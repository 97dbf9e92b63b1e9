package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func newDoctor() *cobra.Command {
	c := &cobra.Command{
		Use:   "doctor",
		Short: "See whether this machine can build, test and deploy locally",
		Long: `See whether this machine has what make needs, in the versions that the repository pins.

Exit codes: 0 it has everything, 1 something is missing, 2 --root is not the repository.
--json writes a list of {name, ok, found, wrong, fix}.`,
		Example: `  livechatctl doctor
  livechatctl doctor --root ~/src/cloud --json`,
		Args: cobra.NoArgs,
	}
	root := c.Flags().String("root", ".", "the repository")
	asJSON := c.Flags().Bool("json", false, "write the answers as JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if _, err := os.Stat(filepath.Join(*root, "package.json")); err != nil {
			return fmt.Errorf("--root %s is not the repository: %w", *root, err)
		}
		answers, healthy := examine(*root)
		write := answersText
		if *asJSON {
			write = func(out io.Writer, answers []answer) error { return indented(out, answers) }
		}
		if err := write(c.OutOrStdout(), answers); err != nil || healthy {
			return err
		}
		return exitStatus(violated)
	}
	return c
}

// need is one thing that the machine must have: how it is seen, and what brings it.
type need struct {
	name, fix string
	look      func(root string) (found string, err error)
}

var needs = []need{
	{"Go " + leastGo + " or newer", "install Go from https://go.dev/dl", lookGo},
	{"Node " + nodeLine + ", as pinned", "make setup (needs npm)", lookNode},
	{"aws-cdk, as pinned", "make setup (needs npm)", lookCDK},
	{"cfn-lint, as pinned", "make setup (needs python3 3.10 or newer with venv)", lookPython("cfn-lint")},
	{"ministack, as pinned", "make setup (needs python3 3.10 or newer with venv)", lookPython("ministack")},
	{"a port on loopback", "let this user listen on 127.0.0.1: look at the sandbox or container", lookLoopback},
	{"free disk", "make room; `go clean -cache` gives back what builds keep", lookDisk},
}

// answer is what was seen of a need.
type answer struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Found string `json:"found,omitempty"`
	Wrong string `json:"wrong,omitempty"`
	Fix   string `json:"fix,omitempty"`
}

func examine(root string) (answers []answer, healthy bool) {
	healthy = true
	for _, n := range needs {
		found, err := n.look(root)
		a := answer{Name: n.name, OK: err == nil, Found: found}
		if err != nil {
			a.Wrong, a.Fix, healthy = oneLine(err.Error()), n.fix, false
		}
		answers = append(answers, a)
	}
	return answers, healthy
}

func answersText(out io.Writer, answers []answer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, a := range answers {
		if a.OK {
			fmt.Fprintf(table, "ok\t%s\t%s\n", a.Name, a.Found)
		} else {
			fmt.Fprintf(table, "missing\t%s\t%s; fix: %s\n", a.Name, a.Wrong, a.Fix)
		}
	}
	return table.Flush()
}
