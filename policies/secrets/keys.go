package secrets

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var keyPolicies = []policies.Policy{keysAreIntended, keysRotate, keysServeTheirClass, keysAdmitBuckets}

var keysAreIntended = policies.Policy{
	ID: "KEY-01", Title: "Every region has one key for each class of data that its keys stack states, with one alias",
	Source:    policies.Risk(policies.Vaults, "Restrict vault access to least-privilege roles and require MFA for sensitive operations."),
	Component: policies.Management, STRIDE: "IE", Severity: policies.High,
	Fix:   "make the key in stacks.NewKeys, with a class of its own",
	Count: []expect.Census{expect.One(intent.AliasType, "TargetKeyId").Per(intent.KeyType)},
	Expect: expect.Shapes{intent.AliasType: {
		"TargetKeyId": expect.Own(intent.KeyType),
		"AliasName": expect.Want{Text: "the alias of a class that the stack's keys state", Breaks: []any{"alias/other"},
			Holds: func(at expect.At, _ template.Value) bool { return intent.AliasClass(at.Resource) != "" }},
	}},
	Reads: []string{intent.AliasType},
	Check: func(e *template.Estate, f *policies.Findings) {
		aliases := map[string]int{}
		for a := range e.All(intent.AliasType) {
			aliases[a.Stack.Name+" "+intent.AliasClass(a)]++
		}
		for _, s := range intent.StacksStating(e, f, "keys") {
			f.ExaminedStack(s)
			for class := range s.Intent().Get("keys").Map() {
				if n := aliases[s.Name+" "+class]; n != 1 {
					f.FailStack(s, "the key of class %s has %d aliases, must have 1", class, n)
				}
			}
		}
	},
}

var keysRotate = policies.Policy{
	ID: "KEY-02", Title: "Every key is symmetric, of AWS's material and one region, enabled, and rotates every year",
	Source:    policies.Risk(policies.Vaults, "Enforce automated certificate/key rotation and expiration policies."),
	Component: policies.Management, STRIDE: "TID", Severity: policies.High,
	Fix: "make the key with key.New",
	Expect: expect.Shapes{intent.KeyType: {
		"EnableKeyRotation":              expect.True,
		"RotationPeriodInDays":           expect.Between(90, intent.YearDays).OrAbsent(),
		"PendingWindowInDays":            expect.Is(30).Because("a deleted key makes its data unreadable").OrAbsent(),
		"Enabled":                        expect.True.OrAbsent(),
		"KeySpec":                        expect.Is("SYMMETRIC_DEFAULT").OrAbsent(),
		"KeyUsage":                       expect.Is("ENCRYPT_DECRYPT").OrAbsent(),
		"MultiRegion":                    expect.False.OrAbsent(),
		"Origin":                         expect.Is("AWS_KMS").OrAbsent(),
		"BypassPolicyLockoutSafetyCheck": expect.False.Because("a policy can lock the account out").OrAbsent(),
		"Description":                    expect.Any.OrAbsent(),
	}},
}

var keysServeTheirClass = policies.Policy{
	ID: "KEY-03", Title: "A key is used only through the services that store its class; its account administers it",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "SIDE", Severity: policies.High,
	Fix: "let key.New write the key's policy; a class more is a row of usesOf in policies/secrets/key_uses.go",
	Expect: expect.Shapes{intent.KeyType: {
		"KeyPolicy": expect.Document("what the key's class needs", keyStatements, intent.AliasType),
	}},
}

// The key that bucketKeys of the intent gives to a bucket (STORE-03) may be of a class that another service stores.
var keysAdmitBuckets = policies.Policy{
	ID: "KEY-06", Title: "Every bucket's key is one that is used through S3",
	Source:    policies.DataLeakage,
	Component: policies.Buckets, STRIDE: "D", Severity: policies.Medium,
	Fix:   "give the bucket the key of a class that S3 stores",
	Reads: []string{"AWS::S3::Bucket", intent.KeyType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			k := intent.BucketKey(e, b)
			if k == nil {
				continue
			}
			use := useThrough(k.Stack, "s3")
			if !slices.ContainsFunc(k.Statements(), func(s template.Statement) bool { return expect.Same(use, s) }) {
				f.Fail(b, "KMSMasterKeyID is %s, must be a key with the statement %s", k, expect.Write(use))
			}
		}
	},
}
