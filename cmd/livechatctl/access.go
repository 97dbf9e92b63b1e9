package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"livechat.example/cloud/policies/access"
	"livechat.example/cloud/policies/template"
)

const accessLong = `Say who can do what, by the policies in the synthesized templates, and print the statements that give it.

Of a --resource it lists every principal that can read, write, decrypt or administer it; of a --principal, what it can do.

A resource is one of:
  knowledge/acme       what partner acme has in the bucket, in each class of retention
  bucket:spa           a kind and a name, whose beginning may be left out: bucket, key (by its alias), secret, role,
                       table, queue, topic, function, repository, log-group, vault, cluster, cache or cache-user
  database-user:chat   a user of the database, who signs in by IAM
  prod-eu-west-1-keys/logs0B6081B1, arn:aws:s3:::…
A principal is one of:
  role:livechat-prod-reader, reader, user:…, service:ecs-tasks, account:111122223333, federated:ARN, anonymous, an ARN

It is judged from the templates alone, as IAM decides: identity policies within their boundaries, resource, key and trust policies,
roles that can be assumed or passed to a service, and the key that data is encrypted with. Conditions that a request can meet are
taken as met, and printed after "if". The account itself, as a principal, is its root user and the identities that no template holds.
"Perhaps" is what the templates do not say: it hides no access.

Exit codes: 0 it is answered, 2 it cannot be judged.

--json writes one object, the same for the same templates:
  dir, resource or principal
  access               a list of
    group              read, write, decrypt, administer or become
    region             of a resource
    principal, action, resource
    allowed            yes or unknown; always, if whatever the request is
    with               what the request must have, by condition key or as "the caller's session", its name; none: it must not have the key
    why                a list of {policy, resource, document, statement, sid, effect, applies}; doubts, if it is unknown
    key                the same of the key that the data is encrypted with
    via                the roles that lead there: a list of {role, how, verdict}
    anyone             a service does it for whatever account asks
  others               of a principal: what its policies allow of other services`

func newAccess() *cobra.Command {
	var region string
	var actions []string
	var asJSON bool
	q := accessed{Dir: defaultDir}
	c := &cobra.Command{
		Use:   "access --principal P | --resource R [DIR]",
		Short: "Say who can do what, with the statements that give it",
		Long:  accessLong,
		Example: `  livechatctl access --resource knowledge/acme cdk.out/prod
  livechatctl access --resource key:logs --region eu-west-1 cdk.out/prod
  livechatctl access --resource bucket:spa --action s3:PutObject cdk.out/prod
  livechatctl access --principal role:reader cdk.out/prod --json`,
		Args: cobra.MaximumNArgs(1),
	}
	c.Flags().StringVar(&q.Resource, "resource", "", "who can do what with this")
	c.Flags().StringVar(&q.Principal, "principal", "", "what this one can do")
	c.Flags().StringVar(&region, "region", "", "one region (default: all of them)")
	c.Flags().StringSliceVar(&actions, "action", nil, "these actions (default: those that matter for the resource)")
	c.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	c.MarkFlagsOneRequired("resource", "principal")
	c.MarkFlagsMutuallyExclusive("resource", "principal")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 1 {
			q.Dir = args[0]
		}
		if err := q.ask(region, actions); err != nil {
			return err
		}
		if asJSON {
			return indented(c.OutOrStdout(), q)
		}
		return writeAccessed(c.OutOrStdout(), q)
	}
	return c
}

// accessed is what became of a question. Its shape is promised in the command's help.
type accessed struct {
	Dir       string        `json:"dir"`
	Resource  string        `json:"resource,omitempty"`
	Principal string        `json:"principal,omitempty"`
	Access    []groupAccess `json:"access"`
	Others    []string      `json:"others,omitempty"`
}

type groupAccess struct {
	Group  access.Group `json:"group,omitempty"`
	Region string       `json:"region,omitempty"`
	access.Access
}

func (q *accessed) ask(region string, actions []string) error {
	estate, err := template.Read(q.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) && q.Dir == defaultDir:
		return fmt.Errorf("%w; `make synth` writes it", err)
	case err != nil:
		return err
	}
	m, err := access.Read(estate)
	if err != nil {
		return faultList{err}
	}
	q.Access = []groupAccess{}
	if q.Principal != "" {
		return q.askPrincipal(m, estate, region, actions)
	}
	return q.askResource(m, estate, region, actions)
}

func (q *accessed) askResource(m *access.Model, e *template.Estate, region string, actions []string) error {
	regions := []string{region}
	if region == "" && !strings.HasPrefix(q.Resource, "arn:") {
		regions = regionsOf(e)
	}
	var missing error
	found := false
	for _, r := range regions {
		names, err := m.Find(q.Resource, r)
		if err != nil {
			missing = err
			continue
		}
		found = true
		if err := q.who(m, r, names, actions); err != nil {
			return err
		}
	}
	if found {
		return nil
	}
	if region == "" {
		_, missing = m.Find(q.Resource, "")
	}
	return missing
}

func regionsOf(e *template.Estate) []string {
	var regions []string
	for _, s := range e.Stacks() {
		if !slices.Contains(regions, s.Region) {
			regions = append(regions, s.Region)
		}
	}
	return regions
}

// who asks for each action that matters for the names, and for the use of the key that they are encrypted with.
func (q *accessed) who(m *access.Model, region string, names, actions []string) error {
	acts := m.ActsOn(names[0])
	if len(actions) > 0 {
		acts = nil
		for _, a := range actions {
			acts = append(acts, access.Act{Action: a})
		}
	}
	if len(acts) == 0 {
		return fmt.Errorf("which actions matter for %s is not known: name them by --action", names[0])
	}
	for _, act := range acts {
		if err := access.Valid(act.Action); err != nil {
			return err
		}
		for _, a := range m.Who(act.Action, names) {
			q.Access = append(q.Access, groupAccess{act.Group, region, a})
		}
	}
	if key := m.KeyOf(names[0]); key != "" && len(actions) == 0 {
		for _, a := range m.Who("kms:Decrypt", []string{key}) {
			q.Access = append(q.Access, groupAccess{access.Decrypts, region, a})
		}
	}
	return nil
}

func (q *accessed) askPrincipal(m *access.Model, e *template.Estate, region string, actions []string) error {
	all, others, err := m.WhatCan(q.Principal)
	if err != nil {
		return err
	}
	for _, a := range all {
		stack, _, _ := strings.Cut(a.Resource, "/")
		at := e.Stack(stack)
		if at == nil || region != "" && at.Region != region || len(actions) > 0 && !slices.Contains(actions, a.Action) {
			continue
		}
		q.Access = append(q.Access, groupAccess{access.GroupOf(a.Action), at.Region, a})
	}
	order := regionsOf(e)
	slices.SortStableFunc(q.Access, func(a, b groupAccess) int {
		return slices.Index(order, a.Region) - slices.Index(order, b.Region)
	})
	q.Others = others
	return nil
}
