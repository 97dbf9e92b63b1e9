package policies

import (
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var pipelinePolicies = []Policy{pipelinesAreExact, pipelinesOnlyGoOn, oneProvider}

// github is the issuer of the tokens that GitHub's workflows sign in with.
const github = "token.actions.githubusercontent.com"

var isolation = risk("Compromised CI/CD Pipeline", "Secrets management, pipeline isolation, code review, audit logging.")

// pipelines are the exact subjects of CI's roles, by the roles' names.
func pipelines(home *template.Stack) map[string]string {
	subjects := map[string]string{}
	for name, subject := range home.Intent().Get("pipelines").Map() {
		subjects[name] = subject.Text()
	}
	return subjects
}

var pipelinesAreExact = Policy{
	ID: "IAM-17", Title: "CI's roles are exactly the intended, each taken up by one repository's workflow in one place",
	Source:    isolation,
	Component: Delivery, STRIDE: "SE", Severity: High,
	Fix:   "build the role with role.NewPipeline and name it in the identity stack's intent",
	Reads: []string{"AWS::IAM::Role"},
	Check: func(e *template.Estate, f *Findings) {
		home := identityStack(e, f, "which roles are CI's")
		if home == nil {
			return
		}
		f.SawStack(home)
		found := map[string]int{}
		subjects := pipelines(home)
		for r := range e.All("AWS::IAM::Role") {
			name := r.Get("RoleName").Text()
			subject, named := subjects[name]
			if named {
				found[name]++
			}
			if named || trusts(r, "Federated") {
				judgePipeline(f, r, subject)
			}
		}
		for name, subject := range subjects {
			if found[name] != 1 {
				f.FailStack(home, "has %d roles named %s, for CI", found[name], name)
			}
			if !subjectOf(home.Environment).MatchString(subject) {
				f.FailStack(home, "%s may be taken up by %q, which is neither a pull request nor the environment", name, subject)
			}
		}
	},
}

// subjectOf is a token's subject: of a repository's pull requests, or of a job that its environment's rules have approved.
func subjectOf(environment string) *regexp.Regexp {
	return regexp.MustCompile(`^repo:[\w.-]+/[\w.-]+:(pull_request|environment:` + regexp.QuoteMeta(environment) + `)$`)
}

func judgePipeline(f *Findings, r *template.Resource, subject string) {
	f.Saw(r)
	if subject == "" {
		f.Fail(r, "a token may take it up, and the intent does not name it")
		return
	}
	if seconds, ok := r.Get("MaxSessionDuration").Int(); !r.Get("MaxSessionDuration").Missing() && (!ok || seconds > 3600) {
		f.Fail(r, "its session is longer than an hour")
	}
	for _, s := range trustOf(f, r, "sts:AssumeRoleWithWebIdentity") {
		if !slices.Equal(s.Actions, []string{"sts:AssumeRoleWithWebIdentity"}) {
			f.Fail(r, "%s: allows %v", place(s), s.Actions)
		}
		if len(s.Principals) != 1 || !slices.Equal(s.Principals["Federated"], []string{ofIAM(r.Stack, "oidc-provider/"+github)}) {
			f.Fail(r, "%s: trusts %v, not GitHub's tokens alone", place(s), s.Principals)
		}
		if !slices.Equal(s.Condition("StringEquals", github+":aud"), []string{"sts.amazonaws.com"}) {
			f.Fail(r, "%s: the token may be for any audience", place(s))
		}
		if !slices.Equal(s.Condition("StringEquals", github+":sub"), []string{subject}) {
			f.Fail(r, "%s: the token's subject need not be %s", place(s), subject)
		}
		if len(s.Conditions) > 2 {
			f.Fail(r, "%s: asks for more, which no token says", place(s))
		}
	}
}

var pipelinesOnlyGoOn = Policy{
	ID: "IAM-18", Title: "CI's roles may go on to exactly CDK's own, a pull request only to look, and do nothing else",
	Source:    isolation,
	Component: Delivery, STRIDE: "TE", Severity: High,
	Fix:   "build the role with role.NewPipeline",
	Reads: grantTypes,
	Check: func(e *template.Estate, f *Findings) {
		home := identityStack(e, f, "which roles are CI's")
		if home == nil {
			return
		}
		f.SawStack(home)
		subjects, given := pipelines(home), grants(e)
		for r := range e.All("AWS::IAM::Role") {
			subject := subjects[r.Get("RoleName").Text()]
			if subject == "" {
				continue
			}
			if r.Get("ManagedPolicyArns").Len() > 0 {
				f.Fail(r, "has managed policies")
			}
			goesOn(f, r, given[r], bootstrapped(home, mayGoOn(subject)))
		}
	},
}

// mayGoOn are the kinds of CDK's roles that a workflow may go on to: what runs before review only looks.
func mayGoOn(subject string) []string {
	if strings.Contains(subject, ":environment:") {
		return []string{"deploy", "file-publishing", "lookup"}
	}
	return []string{"lookup"}
}

var oneProvider = Policy{
	ID: "IAM-19", Title: "No identity provider is trusted but GitHub's for AWS, and that one is made only where the intent says",
	Source:    isolation,
	Component: Delivery, STRIDE: "SE", Severity: High,
	Fix:   "build it with role.NewGitHub; people's sign-in is the account's business",
	Reads: []string{"AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider"},
	Check: func(e *template.Estate, f *Findings) {
		home := identityStack(e, f, "whether it makes the provider")
		if home == nil {
			return
		}
		f.SawStack(home)
		made := 0
		for r := range e.All("AWS::IAM::OIDCProvider") {
			f.Saw(r)
			made++
			if !r.Get("Url").Is("https://"+github) || !slices.Equal(texts(r.Get("ClientIdList")), []string{"sts.amazonaws.com"}) {
				f.Fail(r, "issues for %s to %s", r.Get("Url"), r.Get("ClientIdList"))
			}
			if !kept(r) {
				f.Fail(r, "goes with its stack, and the account's other environments sign in by it")
			}
		}
		for r := range e.All("AWS::IAM::SAMLProvider") {
			f.Fail(r, "a SAML provider")
		}
		want := map[string]int{"create": 1, "existing": 0, "off": 0}
		if n, ok := want[home.Intent().Get("oidcProvider").Text()]; !ok || n != made {
			f.FailStack(home, "makes %d OIDC providers, and the intent says %s", made, home.Intent().Get("oidcProvider"))
		}
	},
}
