package bucket

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
)

// The tags of a session that uploads.
const (
	partnerTag   = "partner"   // the partner's id
	retentionTag = "retention" // the prefix of the partner's retention class, without the slash
)

// UploaderProps are the role's name, the bucket that it puts into, and who takes it up.
type UploaderProps struct {
	Name    string      // required
	Account string      // required
	Region  string      // required
	Bucket  string      // required: the name of what NewKnowledge made
	Key     awskms.IKey // required: what the bucket is encrypted with
	Classes []int       // required: the retention classes, in days
	By      []string    // required: the ARNs of the roles that take it up
}

// NewUploader is a role by which nobody puts anything but one partner's objects, into the one retention class of that partner, and
// by which nobody reads, lists, tags or deletes any.
//
// One role serves all partners (an account has 1,000): who takes it up names partner and class in the session's tags, and the
// credentials that sign a URL reach no further than that. Those need not exist yet: IAM refuses to trust a role that does
// not, and takes a condition on its name.
//
// Uploads in parts are left out: S3 decrypts to put the parts together, and the session cannot.
func NewUploader(scope constructs.Construct, id string, p UploaderProps) awsiam.Role {
	if p.Name == "" || p.Account == "" || p.Region == "" || p.Bucket == "" || p.Key == nil || len(p.Classes) == 0 || len(p.By) == 0 {
		panic(fmt.Sprintf("bucket.UploaderProps of %s: Name, Account, Region, Bucket, Key, Classes and By are all required", id))
	}
	prefix := "${aws:PrincipalTag/" + retentionTag + "}/${aws:PrincipalTag/" + partnerTag + "}/*"
	account := awsiam.NewAccountPrincipal(new(p.Account)).WithConditions(sessionConditions(p))
	return awsiam.NewRole(scope, new(id), &awsiam.RoleProps{
		RoleName:           new(p.Name),
		Description:        new("Puts one partner's files into " + p.Bucket),
		MaxSessionDuration: awscdk.Duration_Hours(new(1.0)),
		AssumedBy:          awsiam.NewSessionTagsPrincipal(account),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"upload": policy.Document(
			policy.Statement{Actions: []string{"s3:PutObject"}, Resources: []string{arn(p.Bucket) + "/" + prefix}},
			// With a bucket key, the context is the bucket's ARN ("Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys").
			policy.Statement{Actions: []string{"kms:GenerateDataKey"}, Resources: []string{*p.Key.KeyArn()}, Conditions: policy.Conditions{
				"StringEquals": {"kms:ViaService": "s3." + p.Region + ".amazonaws.com", "kms:EncryptionContext:aws:s3:arn": arn(p.Bucket)},
			}},
		)},
	})
}

// sessionConditions are who takes the role up, and how he says for whom: both tags and no other, none handed on to a further
// role, a partner of three letters at least that is one step of a path and not two.
func sessionConditions(p UploaderProps) *map[string]any {
	var classes []string
	for _, days := range p.Classes {
		classes = append(classes, strings.TrimSuffix(RetentionPrefix(days), "/"))
	}
	return &map[string]any{
		"ArnEquals":                 map[string]any{"aws:PrincipalArn": p.By},
		"StringLike":                map[string]any{"aws:RequestTag/" + partnerTag: "???*"},
		"StringNotLike":             map[string]any{"aws:RequestTag/" + partnerTag: "*/*"},
		"StringEquals":              map[string]any{"aws:RequestTag/" + retentionTag: classes},
		"ForAllValues:StringEquals": map[string]any{"aws:TagKeys": []string{partnerTag, retentionTag}},
		"Null":                      map[string]any{"sts:TransitiveTagKeys": "true"},
	}
}
