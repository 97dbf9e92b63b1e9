package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"livechat.example/cloud/internal/bootstrap"
)

const bootstrapLong = `Derive the bootstrap template of an environment from the one of the cdk CLI that the repository pins.

The template makes what a deployment needs in each region before the first stack: the bucket of what is deployed, the roles that
deploy, and the role that CloudFormation acts as. Only the environment's own roles assume them, each has a permission boundary, and
none is an administrator. docs/delivery.md says how it is deployed, docs/decisions/0018-own-bootstrap.md what is changed and why.

With --out the command that deploys the file is printed; ` + "`make bootstrap ENV=…`" + ` does both.

Exit codes: 0 it is written, 2 the configuration cannot be read, or the file not written.`

func newBootstrap() *cobra.Command {
	c := &cobra.Command{
		Use:   "bootstrap ENV",
		Short: "Write what an account needs before the first deployment",
		Long:  bootstrapLong,
		Example: `  livechatctl bootstrap prod --out cdk.out/prod.bootstrap.template.json
  livechatctl bootstrap prod > bootstrap.template.json`,
		Args: cobra.ExactArgs(1),
	}
	root := configRoot(c)
	file := c.Flags().String("out", "", "the file to write (default: standard output)")
	c.RunE = func(c *cobra.Command, args []string) error {
		env, err := loaded(*root, args[0])
		if err != nil {
			return err
		}
		p := bootstrap.Props{Environment: env.Name, Account: env.Account, Qualifier: env.Delivery.Qualifier, Regions: env.RegionNames()}
		template, err := p.Template()
		if err != nil {
			return err
		}
		if *file == "" {
			_, err = c.OutOrStdout().Write(template)
			return err
		}
		if err := os.WriteFile(*file, template, 0o644); err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.OutOrStdout(), "npx cdk", strings.Join(p.Arguments(*file), " "))
		return err
	}
	return c
}
