package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"livechat.example/cloud/config"
)

func newConfig() *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Validate an environment's configuration, or print its schema",
		Example: `  livechatctl config validate prod
  livechatctl config schema partner`,
	}
	group(c, newValidate(), newSchema())
	return c
}

func newValidate() *cobra.Command {
	c := &cobra.Command{
		Use:   "validate ENV",
		Short: "Find everything wrong with an environment and its partners",
		Long: `Read an environment and all its partners as synth does, and report every fault at its place.

Exit codes: 0 nothing is wrong, 2 something is. Faults are written to standard error, a line each;
with --json to standard output: {environment, valid, faults: [{file, line, column, message}]}, line 0 for a whole file.`,
		Example: `  livechatctl config validate prod
  livechatctl config validate staging --root testdata/environments --json`,
		Args: cobra.ExactArgs(1),
	}
	root := configRoot(c)
	asJSON := c.Flags().Bool("json", false, "write the faults as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		env, err := loaded(*root, args[0])
		faults := faultList{}
		if err != nil && !(*asJSON && errors.As(err, &faults)) {
			return err
		}
		if *asJSON {
			list, _ := faults.error.(config.Faults)
			return faultsJSON(c.OutOrStdout(), args[0], list)
		}
		fmt.Fprintf(c.OutOrStdout(), "%s is right: %s, %s\n", env.Name, count(len(env.Regions), "region"), count(len(env.Partners), "partner"))
		return nil
	}
	return c
}

// configRoot gives a command that takes an environment's name the flag that says where environments are.
func configRoot(c *cobra.Command) *string {
	root := c.Flags().String("root", "config/environments", "the folder of environments")
	c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		names, _ := config.Environments(*root)
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	return root
}

// loaded reads an environment; what is wrong with it is an error of a line for each fault.
func loaded(root, env string) (config.Environment, error) {
	e, err := config.Load(root, env, time.Now())
	if faults := (config.Faults{}); errors.As(err, &faults) {
		err = faultList{faults}
	}
	return e, err
}

func faultsJSON(out io.Writer, env string, faults config.Faults) error {
	type fault struct {
		File    string `json:"file"`
		Line    int    `json:"line"`
		Column  int    `json:"column"`
		Message string `json:"message"`
	}
	list := []fault{}
	for _, f := range faults {
		list = append(list, fault(f))
	}
	err := indented(out, struct {
		Environment string  `json:"environment"`
		Valid       bool    `json:"valid"`
		Faults      []fault `json:"faults"`
	}{env, len(list) == 0, list})
	if err == nil && len(list) > 0 {
		return exitStatus(unjudged)
	}
	return err
}

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [environment|partner]",
		Short: "Print the JSON Schema of environment.yaml, or of a partner's file",
		Example: `  livechatctl config schema > environment.schema.json
  livechatctl config schema partner > partner.schema.json`,
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"environment", "partner"},
		RunE: func(c *cobra.Command, args []string) error {
			schema := config.Schema()
			if len(args) == 1 && args[0] == "partner" {
				schema = config.PartnerSchema()
			}
			_, err := c.OutOrStdout().Write(schema)
			return err
		},
	}
}
