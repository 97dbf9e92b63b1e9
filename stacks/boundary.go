package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/role"
)

// carryBoundary puts the boundary on every role of the app, those that the library makes behind our back included.
func carryBoundary(app awscdk.App, env config.Environment) {
	boundary := awsiam.ManagedPolicy_FromManagedPolicyArn(app, new("Boundary"), new(role.ARN(env.Account, boundaryName(env))))
	awsiam.PermissionsBoundary_Of(app).Apply(boundary)
}
