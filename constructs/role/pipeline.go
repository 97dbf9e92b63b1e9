package role

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// github is the issuer of the tokens that GitHub's workflows sign in with.
const github = "token.actions.githubusercontent.com"

// NewGitHub is the account's trust in GitHub's tokens: an account has one. It trusts no workflow by itself.
func NewGitHub(scope constructs.Construct, id string) awsiam.CfnOIDCProvider {
	provider := awsiam.NewCfnOIDCProvider(scope, new(id), &awsiam.CfnOIDCProviderProps{
		Url:          new("https://" + github),
		ClientIdList: jsii.Strings("sts.amazonaws.com"),
	})
	// Other environments of the account may sign in by it.
	provider.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, nil)
	return provider
}

// PipelineProps are a role for CI: what it is called, the exact workflow that may take it up, and where it goes on to.
type PipelineProps struct {
	Name        string // required
	Description string // required
	Account     string // required
	// Subject is the token's, exactly: repo:OWNER@ID/NAME@ID:environment:ENV or repo:OWNER@ID/NAME@ID:pull_request, without the ids for an
	// older repository.
	Subject string   // required
	Assumes []string // required: CDK's bootstrap roles
}

// NewPipeline is a role that nobody takes up but one repository's workflow in one place, and that does nothing but go on
// to CDK's own roles.
func NewPipeline(scope constructs.Construct, id string, p PipelineProps) awsiam.Role {
	if p.Name == "" || p.Description == "" || p.Account == "" || p.Subject == "" || len(p.Assumes) == 0 {
		panic("role.PipelineProps of " + id + ": Name, Description, Account, Subject and Assumes are all required")
	}
	role := awsiam.NewRole(scope, new(id), &awsiam.RoleProps{
		RoleName:           new(p.Name),
		Description:        new(p.Description),
		MaxSessionDuration: awscdk.Duration_Hours(new(1.0)),
		AssumedBy: awsiam.NewWebIdentityPrincipal(new("arn:aws:iam::"+p.Account+":oidc-provider/"+github), &map[string]any{
			"StringEquals": map[string]any{github + ":aud": "sts.amazonaws.com", github + ":sub": p.Subject},
		}),
	})
	mayAssume(role, p.Assumes, "sts:AssumeRole")
	return role
}

// Bootstrap are the ARNs of the roles that `cdk bootstrap` made under a qualifier in each region, of the kinds
// "deploy", "file-publishing" and "lookup".
func Bootstrap(account, qualifier string, regions []string, kinds ...string) []string {
	var arns []string
	for _, region := range regions {
		for _, kind := range kinds {
			arns = append(arns, "arn:aws:iam::"+account+":role/cdk-"+qualifier+"-"+kind+"-role-"+account+"-"+region)
		}
	}
	return arns
}
