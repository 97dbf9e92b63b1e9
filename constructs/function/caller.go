package function

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
)

// CallerProps are an AWS service that calls a function, and what it does so for.
type CallerProps struct {
	Service string  // required: its principal without ".amazonaws.com"
	Account string  // required: the service calls on behalf of no other
	Source  *string // the ARN of the one thing that it calls for; nil: of any of the account
}

// CalledBy lets a service call the function, which nobody lends to another account.
//
// What is called so must wait for the permission, which is returned.
func (f Function) CalledBy(scope constructs.Construct, id string, p CallerProps) awslambda.CfnPermission {
	if p.Service == "" || p.Account == "" {
		panic("function.CallerProps of " + id + ": Service and Account are required")
	}
	return awslambda.NewCfnPermission(scope, new(id), &awslambda.CfnPermissionProps{
		Action: new("lambda:InvokeFunction"), FunctionName: f.ARN,
		Principal: new(p.Service + ".amazonaws.com"), SourceAccount: new(p.Account), SourceArn: p.Source,
	})
}
