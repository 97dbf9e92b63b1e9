package function

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
)

// CallerProps are an AWS service that calls a function, and what it does so for.
type CallerProps struct {
	Service string  // required: its principal without ".amazonaws.com"
	Account string  // the service calls on behalf of no other; required where there is no Source
	Source  *string // the ARN of the one thing that it calls for; nil: of any of the account
}

// CalledBy lets a service call the function, which nobody lends to another account.
//
// A source is asked for alone: EventBridge sends no account beside it ("Using resource-based policies for Amazon EventBridge").
// What is called so must wait for the permission, which is returned.
func (f Function) CalledBy(scope constructs.Construct, id string, p CallerProps) awslambda.CfnPermission {
	if p.Service == "" || (p.Account == "") == (p.Source == nil) {
		panic("function.CallerProps of " + id + ": Service, and Account or Source, are required")
	}
	var account *string
	if p.Account != "" {
		account = new(p.Account)
	}
	return awslambda.NewCfnPermission(scope, new(id), &awslambda.CfnPermissionProps{
		Action: new("lambda:InvokeFunction"), FunctionName: f.ARN,
		Principal: new(p.Service + ".amazonaws.com"), SourceAccount: account, SourceArn: p.Source,
	})
}
