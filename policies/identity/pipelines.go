package identity

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var pipelinePolicies = []policies.Policy{pipelinesAreExact, pipelinesAssumeOnly, oneProvider}

var isolation = policies.Risk("Compromised CI/CD Pipeline", "Secrets management, pipeline isolation, code review, audit logging.")

// repository is a repository's in a subject: both numbers, or neither where it is older ("Immutable subject claims", OpenID Connect
// reference, GitHub Docs). No token has one number alone.
const repository = `repo:([\w-]+@[1-9]\d*/[\w.-]+@[1-9]\d*|[\w-]+/[\w.-]+)`

var pipelinesAreExact = policies.Policy{
	ID: "IAM-17", Title: "CI's roles are the intended, each assumed by one repository's workflow in one place",
	Source:    isolation,
	Component: policies.Delivery, STRIDE: "SE", Severity: policies.High,
	Fix:   "build the role with role.NewPipeline and name it in the identity stack's intent",
	Where: isPipeline,
	Expect: expect.Shapes{intent.RoleType: {
		"AssumeRolePolicyDocument": expect.Document("GitHub's tokens for AWS with the intended subject", func(at expect.At) []template.Statement {
			return []template.Statement{{
				Actions:    []string{"sts:AssumeRoleWithWebIdentity"},
				Principals: map[string][]string{"Federated": {intent.IAMARN(at.Stack(), "oidc-provider/"+intent.GitHubIssuer)}},
				Conditions: []template.Condition{
					intent.When("StringEquals", intent.GitHubIssuer+":aud", "sts.amazonaws.com"),
					intent.When("StringEquals", intent.GitHubIssuer+":sub", subjectOf(at.Resource)),
				},
			}}
		}),
	}},
	Check: func(e *template.Estate, f *policies.Findings) {
		home := intent.IdentityStack(e, f, "which roles are CI's")
		if home == nil {
			return
		}
		subjects := intent.PipelineSubjects(home)
		countNames(e, f, home, slices.Sorted(maps.Keys(subjects))...)
		exact := regexp.MustCompile(`^` + repository + `:(pull_request|environment:` + regexp.QuoteMeta(home.Environment) + `)$`)
		for name, subject := range subjects {
			if !exact.MatchString(subject) {
				f.FailStack(home, "pipelines.%s is %q, must be a repository's pull requests, or jobs in the environment, with both of GitHub's numbers or neither", name, subject)
			}
		}
		for r := range e.All(intent.RoleType) {
			if trusts(r, "Federated") && !isPipeline(r) {
				f.Fail(r, "AssumeRolePolicyDocument admits tokens, must not: the intent does not name the role for CI")
			}
		}
	},
}

func subjectOf(role *template.Resource) string {
	return intent.PipelineSubjects(role.Stack)[role.Get("RoleName").Text()]
}

var pipelinesAssumeOnly = policies.Policy{
	ID: "IAM-18", Title: "CI's roles may only assume CDK's; those of pull requests only CDK's lookup roles",
	Source:    isolation,
	Component: policies.Delivery, STRIDE: "TE", Severity: policies.High,
	Fix:   "build the role with role.NewPipeline",
	Where: ofPipeline,
	Expect: expect.Shapes{policyType: {
		"PolicyDocument": assumesOnly("what the role's workflow needs", func(role *template.Resource) []string {
			if strings.Contains(subjectOf(role), ":environment:") {
				return []string{"deploy", "file-publishing", "lookup"}
			}
			return []string{"lookup"}
		}),
	}},
}

// People sign in by the account's own provider, which is no part of the estate.
var oneProvider = policies.Policy{
	ID: "IAM-19", Title: "The only identity provider is GitHub's for AWS; the intent says who makes it",
	Source:    isolation,
	Component: policies.Delivery, STRIDE: "SE", Severity: policies.High,
	Fix: "build it with role.NewGitHub",
	Expect: expect.Shapes{providerType: {
		"Url":                 expect.Is("https://" + intent.GitHubIssuer),
		"ClientIdList":        expect.Exactly("sts.amazonaws.com"),
		"DeletionPolicy":      expect.Is(intent.OnceMade).Because("other environments of the account sign in by it"),
		"UpdateReplacePolicy": expect.Is("Retain").Because("other environments of the account sign in by it"),
	}},
	MayBeAbsent: "an account has one, which another environment may have made",
	Check: func(e *template.Estate, f *policies.Findings) {
		home := intent.IdentityStack(e, f, "whether it makes the provider")
		if home == nil {
			return
		}
		made, who := 0, home.Intent().Get("oidcProvider")
		for range e.All(providerType) {
			made++
		}
		if want, known := map[string]int{"create": 1, "existing": 0, "off": 0}[who.Text()]; !known || want != made {
			f.FailStack(home, "oidcProvider is %s, must agree with the %d providers that the estate makes", who, made)
		}
	},
}
