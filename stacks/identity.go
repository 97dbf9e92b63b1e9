package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/role"
	"livechat.example/cloud/internal/names"
)

// Identity is who may do anything at all: once an environment, since IAM knows no regions.
type Identity struct {
	Stack awscdk.Stack
}

// NewIdentity is the boundary that every role of the estate carries, the people's roles, and CI's.
func NewIdentity(app awscdk.App, env config.Environment) Identity {
	regions := names.DeployedTo(env.RegionNames())
	subjects := map[string]string{
		roleName(env, "ci-diff"):   env.Delivery.Subject("pull_request"),
		roleName(env, "ci-deploy"): env.Delivery.Subject("environment:" + env.Name),
	}
	signIn := map[string]any{"by": string(env.People.SignIn)}
	if sets := permissionSets(env); sets != nil {
		byRole := map[string]string{}
		for name, set := range sets {
			byRole[roleName(env, name)] = set
		}
		signIn["permissionSets"] = byRole
	}
	stack := newGlobalStack(app, env, "identity", intent{
		"signIn":   signIn,
		"boundary": boundaryName(env), "boundaryRegions": regions, "pipelines": subjects,
		"oidcProvider": string(env.Delivery.OIDCProvider),
		"humans":       []string{roleName(env, "reader"), roleName(env, "security"), roleName(env, "operator"), roleName(env, "break-glass")},
		"breakGlass":   roleName(env, "break-glass"),
	})
	role.NewBoundary(stack, "Boundary", role.BoundaryProps{
		Name: boundaryName(env), Account: env.Account, Regions: regions, Qualifier: env.Delivery.Qualifier,
	})
	newHumans(stack, env, regions)
	newPipelines(stack, env, regions, subjects)
	return Identity{Stack: stack}
}

// permissionSets are those that open the people's roles, by the roles' names; none of IAM users.
func permissionSets(env config.Environment) map[string]string {
	if env.People.SignIn != config.IdentityCenter {
		return nil
	}
	sets := env.People.PermissionSets
	return map[string]string{"reader": sets.Reader, "security": sets.Security, "operator": sets.Operator, "break-glass": sets.BreakGlass}
}

func newHumans(stack awscdk.Stack, env config.Environment, regions []string) {
	sets := permissionSets(env)
	human := func(id, name, description string, managed, assumes []string) {
		role.NewHuman(stack, id, role.HumanProps{
			Name: roleName(env, name), Description: description, Account: env.Account, PermissionSet: sets[name],
			Managed: managed, Assumes: assumes,
		})
	}
	human("Reader", "reader", "Sees what there is; reads no data", []string{"job-function/ViewOnlyAccess"}, nil)
	human("Security", "security", "Reviews configuration and findings", []string{"SecurityAudit"}, nil)
	human("Operator", "operator", "Deploys by hand, as CDK's own roles", []string{"job-function/ViewOnlyAccess"},
		role.Bootstrap(env.Account, env.Delivery.Qualifier, regions, names.Deployers["operator"]...))
	human("BreakGlass", "break-glass", "Everything within the boundary, when nothing else helps", []string{"AdministratorAccess"}, nil)
}

func newPipelines(stack awscdk.Stack, env config.Environment, regions []string, subjects map[string]string) {
	pipeline := func(id, name, description string) {
		role.NewPipeline(stack, id, role.PipelineProps{
			Name: roleName(env, name), Description: description, Account: env.Account,
			Subject: subjects[roleName(env, name)],
			Assumes: role.Bootstrap(env.Account, env.Delivery.Qualifier, regions, names.Deployers[name]...),
		})
	}
	if env.Delivery.OIDCProvider == config.Create {
		role.NewGitHub(stack, "GitHub")
	}
	pipeline("CIDiff", "ci-diff", "Compares a pull request with what is deployed")
	pipeline("CIDeploy", "ci-deploy", "Deploys what was approved")
}
