// Package key holds the KMS keys: one for each class of data and region.
package key

import (
	"cmp"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
)

// Props are the class of the data, and the alias that other regions know the key by.
type Props struct {
	Class   Class  // required
	Alias   string // required, without "alias/"
	Account string // required
	Region  string // required
}

// New is a key that nobody uses but through the services that store its class of data, and that is never lost.
//
// The account's identities administer it and use it only as far as their own policies say; using it outside
// those services is possible for none of them.
func New(scope constructs.Construct, p Props) awskms.Key {
	if p.Class == "" || p.Alias == "" || p.Account == "" || p.Region == "" {
		panic(fmt.Sprintf("key.Props: Class, Alias, Account and Region are all required: %+v", p))
	}
	return awskms.NewKey(scope, new(string(p.Class)), &awskms.KeyProps{
		Alias:             new(p.Alias),
		Description:       new("Live chat: " + string(p.Class)),
		EnableKeyRotation: new(true),
		RotationPeriod:    awscdk.Duration_Days(new(365.0)),
		PendingWindow:     awscdk.Duration_Days(new(30.0)),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN,
		Policy:            policy.Document(statements(p)...),
	})
}

func statements(p Props) []policy.Statement {
	u := uses[p.Class]
	all := []policy.Statement{administration(p.Account), {
		Sid:        "UseThroughTheDataServices",
		Principal:  policy.Account(p.Account),
		Actions:    []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"},
		Conditions: policy.Conditions{"StringEquals": via(p, u)},
	}}
	if u.grants {
		all = append(all, policy.Statement{
			Sid:       "GrantsToTheDataServices",
			Principal: policy.Account(p.Account),
			Actions:   []string{"kms:CreateGrant"},
			Conditions: policy.Conditions{
				"StringEquals": via(p, u),
				"Bool":         {"kms:GrantIsForAWSResource": "true"},
			},
		})
	}
	for _, s := range u.services {
		all = append(all, asService(p, s))
	}
	return all
}

// administration is what keeps the key manageable (a key policy must leave somebody able to change it) and gives no use of it.
func administration(account string) policy.Statement {
	return policy.Statement{
		Sid:       "Administration",
		Principal: policy.Account(account),
		Actions: []string{"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias", "kms:UpdateKeyDescription",
			"kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy", "kms:EnableKey", "kms:DisableKey",
			"kms:EnableKeyRotation", "kms:DisableKeyRotation", "kms:RotateKeyOnDemand",
			"kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:RevokeGrant"},
	}
}

func via(p Props, u use) map[string]any {
	services := make([]string, len(u.via))
	for i, s := range u.via {
		services[i] = s + "." + p.Region + ".amazonaws.com"
	}
	return map[string]any{"kms:CallerAccount": p.Account, "kms:ViaService": services}
}

func asService(p Props, s service) policy.Statement {
	principal := s.principal
	if s.regional {
		principal += "." + p.Region
	}
	conditions := policy.Conditions{"StringEquals": {"aws:SourceAccount": p.Account}}
	if s.context != "" {
		conditions = policy.Conditions{"ArnLike": {
			"kms:EncryptionContext:" + s.context: fmt.Sprintf("arn:aws:%s:%s:%s:%s", cmp.Or(s.of, s.principal), p.Region, p.Account, s.arn),
		}}
	}
	return policy.Statement{
		Principal:  policy.Service(principal),
		Actions:    []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"},
		Conditions: conditions,
	}
}
