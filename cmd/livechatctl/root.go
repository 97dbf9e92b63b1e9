package main

import (
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "livechatctl",
		Short: "Judge and explain the Live Chat Cloud from what was synthesized",
		Long: `Judge and explain the Live Chat Cloud from what was synthesized: no CDK, no credentials, no network.

Exit codes: 0 all is well, 1 what was judged does not hold, 2 the input cannot be read or the call is wrong,
3 a fault of livechatctl itself. Errors are written to standard error, a line each.`,
		Example: `  livechatctl check cdk.out/prod        does the threat model hold?
  livechatctl reach internet aurora     can one end reach another, hop by hop
  livechatctl diagram cdk.out/prod      the same as a picture (SVG)
  livechatctl access --resource spa     who can do what, statement by statement
  livechatctl policies                  what is held
  livechatctl config validate prod      is the configuration right?
  livechatctl bootstrap prod            what an account needs before the first deployment
  livechatctl doctor                    is this machine ready?`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	group(root, newCheck(), newReach(), newDiagram(), newAccess(), newPolicies(), newConfig(), newBootstrap(), newDoctor())
	root.SetHelpCommand(newHelp(root))
	return root
}

// group makes parent a command that only holds others: alone it is its help, and a word that it does not know is an
// error.
func group(parent *cobra.Command, children ...*cobra.Command) {
	parent.AddCommand(children...)
	parent.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		unknown := fmt.Errorf("unknown command %q for %q", args[0], c.CommandPath())
		if near := c.SuggestionsFor(args[0]); len(near) > 0 {
			return fmt.Errorf("%w; did you mean %q?", unknown, near[0])
		}
		return fmt.Errorf("%w; see %s --help", unknown, c.CommandPath())
	}
	parent.SuggestionsMinimumDistance = 2
	parent.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
}

// newHelp returns cobra's help command; here an unknown command is an error too.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Explain a command",
		Example: "  livechatctl help config validate",
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err == nil && len(rest) > 0 {
				err = c.ValidateArgs(rest)
			}
			if err != nil {
				return err
			}
			c.InitDefaultHelpFlag() // as cobra's own does, so that both ways to the help show the same
			c.InitDefaultVersionFlag()
			return c.Help()
		},
	}
}

// version returns what the binary was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// oneLine returns text with its white space and control characters made harmless: words from a template cannot forge a
// line of a report, nor move a terminal's cursor.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return unicode.ReplacementChar
		}
		return r
	}, strings.TrimSpace(s))
}

// count returns a number and its noun, as people write them.
func count(n int, noun string) string {
	if n != 1 {
		if stem, y := strings.CutSuffix(noun, "y"); y {
			noun = stem + "ie"
		}
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// oneOf is a flag that takes one of a few words.
type oneOf struct {
	word  string
	words []string
}

func (o *oneOf) String() string { return o.word }
func (o *oneOf) Type() string   { return strings.Join(o.words, "|") }

func (o *oneOf) Set(s string) error {
	for _, w := range o.words {
		if s == w {
			o.word = s
			return nil
		}
	}
	return fmt.Errorf("it must be one of %s", strings.Join(o.words, ", "))
}

// formatFlag gives a command --format, whose first word is the default, and --json, which is short for --format json.
func formatFlag(c *cobra.Command, words ...string) func() string {
	format := &oneOf{words[0], words}
	c.Flags().Var(format, "format", "how to write the result")
	json := c.Flags().Bool("json", false, "short for --format json")
	c.MarkFlagsMutuallyExclusive("format", "json")
	return func() string {
		if *json {
			return "json"
		}
		return format.word
	}
}
