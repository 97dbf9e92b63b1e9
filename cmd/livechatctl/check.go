package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"livechat.example/cloud/internal/stamp"
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/catalogue"
	"livechat.example/cloud/policies/template"
)

const defaultDir = "cdk.out/dev"

const checkLong = `Hold every policy of the catalogue against an estate: the folder that synth wrote, where the manifest's templates are
read (any other template is an error), or a folder that holds nothing but templates. Only the templates are needed.

Exit codes: 0 the threat model holds, 1 it is violated, 2 the folder cannot be read. In the last case nothing is written to
standard output.

--format json writes one object, the same for the same templates:
  dir, holds           the folder, and whether nothing was found
  policies             how many were judged
  stacks, resources    how many the estate has
  unvalidated          true where the program wrote it with CDK's validator off; absent otherwise
  examined             how often a policy looked at one of them
  violations, waived   lists of
    policy, title, severity, component, fix
    source             {document, heading, says}: the words of the threat model
    stride             a list of words, such as "Tampering"
    stack, logicalId   absent for a finding about the stack, or about the whole estate
    path               the construct's
    file, line         the template, and where the resource starts in it
    message            what is wrong
    waiver             {reason, owner, expires}, only in waived
--format sarif writes SARIF 2.1.0, for GitHub code scanning and editors; a waived finding is a suppressed result.`

func newCheck() *cobra.Command {
	var only []string
	c := &cobra.Command{
		Use:   "check [DIR]",
		Short: "Hold the threat model's policies against synthesized templates",
		Long:  checkLong,
		Example: `  livechatctl check
  livechatctl check cdk.out/prod
  livechatctl check cdk.out/prod --policy STORE-01 --policy STORE-02
  livechatctl check cdk.out/prod --format sarif > prod.sarif`,
		Args: cobra.MaximumNArgs(1),
	}
	format := formatFlag(c, "text", "json", "sarif")
	c.Flags().StringArrayVar(&only, "policy", nil, "judge only the policy of this id (repeatable)")
	c.RunE = func(c *cobra.Command, args []string) error {
		dir := defaultDir
		if len(args) == 1 {
			dir = args[0]
		}
		r, err := check(dir, only, time.Now())
		if err != nil {
			return err
		}
		write := map[string]func(io.Writer, report) error{"text": writeText, "json": writeJSON, "sarif": writeSARIF}
		if err := write[format()](c.OutOrStdout(), r); err != nil {
			return err
		}
		if !r.Verdict.Holds() {
			return exitStatus(violated)
		}
		return nil
	}
	return c
}

// report is a verdict, and what a reader needs to make sense of it.
type report struct {
	policies.Verdict
	Dir               string
	Judged            []policies.Policy
	Stacks, Resources int
	Took              time.Duration
	Unvalidated       bool // the program wrote it with CDK's validator off
	Places            places
}

func check(dir string, only []string, today time.Time) (report, error) {
	start := time.Now()
	r := report{Dir: dir, Places: places{dir: dir}}
	var err error
	if r.Judged, err = chosen(only); err != nil {
		return r, err
	}
	estate, err := estateOf(dir)
	if err != nil {
		return r, err
	}
	made, err := stamp.Of(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	r.Unvalidated = err == nil && !made.Validator
	r.Verdict = catalogue.JudgeBy(estate, r.Judged, today)
	r.Stacks = len(estate.Stacks())
	for _, s := range estate.Stacks() {
		r.Resources += len(s.Resources())
	}
	r.Took = time.Since(start)
	return r, nil
}

// estateOf reads an assembly. Of the one that is read when none is named it says how it is made.
func estateOf(dir string) (*template.Estate, error) {
	estate, err := template.Read(dir)
	if errors.Is(err, fs.ErrNotExist) && dir == defaultDir {
		err = fmt.Errorf("%w; `make synth` writes it", err)
	}
	return estate, err
}

// chosen returns the policies of those ids, in the catalogue's order; all of them if none is named.
func chosen(ids []string) ([]policies.Policy, error) {
	all := catalogue.All()
	if len(ids) == 0 {
		return all, nil
	}
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(p policies.Policy) bool { return strings.EqualFold(p.ID, id) }) {
			return nil, fmt.Errorf("there is no policy %q; `livechatctl policies` lists them", id)
		}
	}
	return slices.DeleteFunc(all, func(p policies.Policy) bool {
		return !slices.ContainsFunc(ids, func(id string) bool { return strings.EqualFold(p.ID, id) })
	}), nil
}
