package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"livechat.example/cloud/internal/diagram"
	"livechat.example/cloud/policies/reach"
)

const diagramLong = `Draw the synthesized network as one SVG for a document: a region's VPC with its tiers, zones, gateways and routes, the parties
in them by their security groups, and every flow that is open between them, with its port.

The flows are those that reach finds: what cannot be judged is not drawn around, it is an error. Every flow carries its name, which a
browser shows on it. Without --region it is the primary region, and a line for each other one says how it differs.

The picture is white paper with system fonts: it needs no other file, and runs no script. The same templates give the same bytes.

Exit codes: 0 it is drawn, 2 the templates cannot be read or judged, or the file not written.`

func newDiagram() *cobra.Command {
	var region, file string
	c := &cobra.Command{
		Use:   "diagram [DIR]",
		Short: "Draw the network and its flows as an SVG",
		Long:  diagramLong,
		Example: `  livechatctl diagram cdk.out/prod > network.svg
  livechatctl diagram cdk.out/prod --region us-east-1 --out network.svg`,
		Args: cobra.MaximumNArgs(1),
	}
	c.Flags().StringVar(&region, "region", "", "the region to draw (default: the primary one)")
	c.Flags().StringVar(&file, "out", "", "the file to write (default: standard output)")
	c.RunE = func(c *cobra.Command, args []string) error {
		dir := defaultDir
		if len(args) == 1 {
			dir = args[0]
		}
		picture, err := drawn(dir, region)
		if err != nil {
			return err
		}
		if file != "" {
			return os.WriteFile(file, []byte(picture), 0o644)
		}
		_, err = io.WriteString(c.OutOrStdout(), picture)
		return err
	}
	return c
}

func drawn(dir, region string) (string, error) {
	estate, err := estateOf(dir)
	if err != nil {
		return "", err
	}
	picture, err := diagram.Draw(estate, region)
	switch unknown := (reach.Unknowns{}); {
	case errors.As(err, &unknown):
		return "", faultList{err}
	case err != nil:
		return "", fmt.Errorf("%s: %w", dir, err)
	}
	return picture, nil
}
