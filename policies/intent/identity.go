package intent

import (
	"strings"

	"livechat.example/cloud/policies/template"
)

// RoleARN returns the ARN of a role by its name after the environment's prefix.
func RoleARN(s *template.Stack, name ...string) string {
	return IAMARN(s, "role/"+roleNamed(s, name...))
}

func roleNamed(s *template.Stack, name ...string) string {
	return "livechat-" + s.Environment + "-" + strings.Join(name, "-")
}

// IsUploader reports whether a role has the name of the role that partners upload with. Policies hold such a role to
// its trust and its grants.
func IsUploader(r *template.Resource) bool {
	return r.Stack.Layer == "storage" && r.Get("RoleName").Is(roleNamed(r.Stack, "upload"))
}

// InterfaceActions are what Lambda does as the role of a function in a VPC (AWSLambdaVPCAccessExecutionRole, version 3).
var InterfaceActions = []string{"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
	"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"}

// JobFunction is what a person's role is for: AWS's policies that it may have, and the kinds of CDK's roles that it may
// assume.
type JobFunction struct{ Managed, Assumes []string }

// jobFunctions are by the role's name after the environment's prefix. Only the break-glass role that the intent names may
// administer, and it is not here.
var jobFunctions = map[string]JobFunction{
	"reader":   {Managed: []string{"job-function/ViewOnlyAccess"}},
	"security": {Managed: []string{"SecurityAudit"}},
	"operator": {Managed: []string{"job-function/ViewOnlyAccess"}, Assumes: []string{"deploy", "file-publishing", "lookup"}},
}

// JobFunctionOf returns the job function of a role; an empty one if it has none.
func JobFunctionOf(role *template.Resource, home *template.Stack) JobFunction {
	name := role.Get("RoleName").Text()
	if name != "" && home.Intent().Get("breakGlass").Is(name) {
		return JobFunction{Managed: []string{"AdministratorAccess"}}
	}
	return jobFunctions[strings.TrimPrefix(name, "livechat-"+home.Environment+"-")]
}

// HumanRoles returns the roles that the intent names for people.
func HumanRoles(home *template.Stack) []string { return Texts(home.Intent().Get("humans")) }

// The ways that people sign in. AWS sees a second factor of IAM users alone: the provider of Identity Center asks for it.
const (
	ByIdentityCenter = "identityCenter"
	ByIAMUsers       = "iamUsers"
)

// ShowsNoFactor reports whether people's sessions cannot show a second factor, by what the environment's identity stack states.
func ShowsNoFactor(e *template.Estate, s *template.Stack) bool {
	home := e.Stack(s.Environment + "-global-identity")
	return home != nil && home.Intent().Get("signIn", "by").Is(ByIdentityCenter)
}

// PermissionSetRoles are the roles, by pattern, that IAM Identity Center makes of the permission set that opens a person's role; none if
// the intent names no such set ("Referencing permission sets in resource policies", IAM Identity Center User Guide: without the region
// for an instance in us-east-1).
func PermissionSetRoles(home *template.Stack, role string) []string {
	set := home.Intent().Get("signIn", "permissionSets", role).Text()
	if set == "" || HasWildcard(set) {
		return nil
	}
	reserved := IAMARN(home, "role/aws-reserved/sso.amazonaws.com/")
	return []string{reserved + "AWSReservedSSO_" + set + "_*", reserved + "*/AWSReservedSSO_" + set + "_*"}
}

// GitHubIssuer is the issuer of the tokens that GitHub's workflows sign in with.
const GitHubIssuer = "token.actions.githubusercontent.com"

// PipelineSubjects returns the exact subjects of CI's roles, by the roles' names.
func PipelineSubjects(home *template.Stack) map[string]string {
	subjects := map[string]string{}
	for name, subject := range home.Intent().Get("pipelines").Map() {
		subjects[name] = subject.Text()
	}
	return subjects
}

// BootstrapRoles returns the roles, by ARN, that `cdk bootstrap` made of some kinds, in each region of the estate,
// under the qualifier that the identity stack itself is deployed by.
func BootstrapRoles(home *template.Stack, kinds []string) []string {
	var arns []string
	for _, region := range Texts(home.Intent().Get("boundaryRegions")) {
		for _, kind := range kinds {
			arns = append(arns, IAMARN(home, "role/cdk-"+QualifierOf(home)+"-"+kind+"-role-"+home.Account+"-"+region))
		}
	}
	return arns
}
