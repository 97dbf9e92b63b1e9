// Package function holds the Lambdas.
package function

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"livechat.example/cloud/constructs/logs"
	"livechat.example/cloud/constructs/policy"
	"livechat.example/cloud/constructs/role"
)

// Props are a function's name and code, what it may do, and what it takes.
type Props struct {
	Name        string // required: what the role may do in a VPC is denied to the one function of that name
	RoleName    string // where others name its role; else it is generated
	Description string // required
	Code        Code   // required
	Account     string // required
	Region      string // required
	// Key encrypts the function's log.
	Key      awskms.IKey        // required
	Policy   []policy.Statement // required: what it may do, beside writing its log
	Seconds  int                // required: how long it may run, at most 900
	MemoryMB int                // required
	// Network is where in a VPC it lies, which what touches a secret or a store must; none: outside of any.
	Network Network
}

// Network is a place in a VPC.
type Network struct {
	Subnets []*string // ids
	Group   *string   // the id of the security group of the function's party
}

// Function is a Lambda.
type Function struct {
	Name string
	ARN  *string
	Role *string // its role's ARN
}

// New is a Lambda that nobody lends a permission, a secret or a log: its role is of no use to another function, its
// environment is empty, and what it writes goes to a log of its own.
//
// It reserves no concurrency: an account that is new has ten executions in all, of which Lambda lets none be reserved
// ("Lambda quotas", "Configuring reserved concurrency for a function").
func New(scope constructs.Construct, id string, p Props) Function {
	if p.Name == "" || p.Description == "" || p.Code.SHA256 == "" || p.Account == "" || p.Region == "" || p.Key == nil ||
		len(p.Policy) == 0 || p.Seconds < 1 || p.Seconds > 900 || p.MemoryMB == 0 {
		panic(fmt.Sprintf("function.Props of %s: all are required, Seconds of 1 to 900: name %q, code %q, account %q, region %q, %d statements, %d s, %d MB",
			id, p.Name, p.Code.SHA256, p.Account, p.Region, len(p.Policy), p.Seconds, p.MemoryMB))
	}
	group := logs.NewGroup(scope, id+"Log", logs.GroupProps{Key: p.Key})
	role := role.NewService(scope, id+"Role", role.ServiceProps{
		Name:        p.RoleName,
		Description: "Of the function " + p.Name,
		Service:     "lambda",
		Account:     p.Account,
		Policy: slices.Concat([]policy.Statement{
			{Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resources: []string{*group.LogGroupArn()}},
		}, p.interfaces(), p.Policy),
	})
	code := awscdk.Stack_Of(scope).Synthesizer().AddFileAsset(&awscdk.FileAssetSource{
		SourceHash: new(p.Code.SHA256), FileName: new(p.Code.Asset()), Packaging: awscdk.FileAssetPackaging_FILE,
	})
	function := awslambda.NewCfnFunction(scope, new(id), &awslambda.CfnFunctionProps{
		FunctionName:  new(p.Name),
		Description:   new(p.Description),
		Runtime:       new("provided.al2023"),
		Architectures: jsii.Strings("x86_64"), // as cmd/packlambda builds it
		Handler:       new("bootstrap"),
		Code:          &awslambda.CfnFunction_CodeProperty{S3Bucket: code.BucketName, S3Key: code.ObjectKey},
		Role:          role.RoleArn(),
		Timeout:       new(float64(p.Seconds)),
		MemorySize:    new(float64(p.MemoryMB)),
		VpcConfig:     p.Network.config(),
		LoggingConfig: &awslambda.CfnFunction_LoggingConfigProperty{
			LogFormat: new("JSON"), ApplicationLogLevel: new("INFO"), SystemLogLevel: new("INFO"), LogGroup: group.LogGroupName(),
		},
	})
	return Function{Name: p.Name, ARN: function.AttrArn(), Role: role.RoleArn()}
}

// arn is written out: the role must not wait for the function, which waits for the role.
func (p Props) arn() string {
	return "arn:aws:lambda:" + p.Region + ":" + p.Account + ":function:" + p.Name
}
