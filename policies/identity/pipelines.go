package identity

import (
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var pipelinePolicies = []policies.Policy{pipelinesAreExact, pipelinesOnlyGoOn, oneProvider}

var isolation = policies.Risk("Compromised CI/CD Pipeline", "Secrets management, pipeline isolation, code review, audit logging.")

var pipelinesAreExact = policies.Policy{
	ID: "IAM-17", Title: "CI's roles are exactly the intended, each taken up by one repository's workflow in one place",
	Source:    isolation,
	Component: policies.Delivery, STRIDE: "SE", Severity: policies.High,
	Fix:   "build the role with role.NewPipeline and name it in the identity stack's intent",
	Reads: []string{"AWS::IAM::Role"},
	Check: func(e *template.Estate, f *policies.Findings) {
		home := intent.IdentityStack(e, f, "which roles are CI's")
		if home == nil {
			return
		}
		f.ExaminedStack(home)
		found := map[string]int{}
		subjects := intent.PipelineSubjects(home)
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

func judgePipeline(f *policies.Findings, r *template.Resource, subject string) {
	f.Examined(r)
	if subject == "" {
		f.Fail(r, "a token may take it up, and the intent does not name it")
		return
	}
	if seconds, ok := r.Get("MaxSessionDuration").Int(); !r.Get("MaxSessionDuration").Missing() && (!ok || seconds > 3600) {
		f.Fail(r, "its session is longer than an hour")
	}
	for _, s := range intent.TrustOf(f, r, "sts:AssumeRoleWithWebIdentity") {
		if !slices.Equal(s.Actions, []string{"sts:AssumeRoleWithWebIdentity"}) {
			f.Fail(r, "%s: allows %v", intent.StatementName(s), s.Actions)
		}
		if len(s.Principals) != 1 || !slices.Equal(s.Principals["Federated"], []string{intent.IAMARN(r.Stack, "oidc-provider/"+intent.GitHubIssuer)}) {
			f.Fail(r, "%s: trusts %v, not GitHub's tokens alone", intent.StatementName(s), s.Principals)
		}
		if !slices.Equal(s.Condition("StringEquals", intent.GitHubIssuer+":aud"), []string{"sts.amazonaws.com"}) {
			f.Fail(r, "%s: the token may be for any audience", intent.StatementName(s))
		}
		if !slices.Equal(s.Condition("StringEquals", intent.GitHubIssuer+":sub"), []string{subject}) {
			f.Fail(r, "%s: the token's subject need not be %s", intent.StatementName(s), subject)
		}
		if len(s.Conditions) > 2 {
			f.Fail(r, "%s: asks for more, which no token says", intent.StatementName(s))
		}
	}
}

var pipelinesOnlyGoOn = policies.Policy{
	ID: "IAM-18", Title: "CI's roles may go on to exactly CDK's own, a pull request only to look, and do nothing else",
	Source:    isolation,
	Component: policies.Delivery, STRIDE: "TE", Severity: policies.High,
	Fix:   "build the role with role.NewPipeline",
	Reads: intent.GrantTypes,
	Check: func(e *template.Estate, f *policies.Findings) {
		home := intent.IdentityStack(e, f, "which roles are CI's")
		if home == nil {
			return
		}
		f.ExaminedStack(home)
		subjects, given := intent.PipelineSubjects(home), intent.GrantsByRole(e)
		for r := range e.All("AWS::IAM::Role") {
			subject := subjects[r.Get("RoleName").Text()]
			if subject == "" {
				continue
			}
			if r.Get("ManagedPolicyArns").Len() > 0 {
				f.Fail(r, "has managed policies")
			}
			assumesOnly(f, r, given[r], intent.BootstrapRoles(home, mayGoOn(subject)))
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

var oneProvider = policies.Policy{
	ID: "IAM-19", Title: "No identity provider is trusted but GitHub's for AWS, and that one is made only where the intent says",
	Source:    isolation,
	Component: policies.Delivery, STRIDE: "SE", Severity: policies.High,
	Fix:   "build it with role.NewGitHub; people's sign-in is the account's business",
	Reads: []string{"AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider"},
	Check: func(e *template.Estate, f *policies.Findings) {
		home := intent.IdentityStack(e, f, "whether it makes the provider")
		if home == nil {
			return
		}
		f.ExaminedStack(home)
		made := 0
		for r := range e.All("AWS::IAM::OIDCProvider") {
			f.Examined(r)
			made++
			if !r.Get("Url").Is("https://"+intent.GitHubIssuer) || !slices.Equal(intent.Texts(r.Get("ClientIdList")), []string{"sts.amazonaws.com"}) {
				f.Fail(r, "issues for %s to %s", r.Get("Url"), r.Get("ClientIdList"))
			}
			if !intent.RetainedOnceMade(r) {
				f.Fail(r, "DeletionPolicy is %q and UpdateReplacePolicy %q, must be RetainExceptOnCreate and Retain: the account's other "+
					"environments sign in by it, and what a failed creation leaves blocks the next", r.DeletionPolicy(), r.UpdateReplacePolicy())
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
