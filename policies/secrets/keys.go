package secrets

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var keyPolicies = []policies.Policy{keysAreIntended, keysRotate, keysServeThroughServices, keysServeServices, keysAreManageable, keysAdmitBuckets}

var keysAreIntended = policies.Policy{
	ID: "KEY-01", Title: "There is one key for each class of data in each region, by its alias, and none that no intent names",
	Source:    policies.Risk(policies.Vaults, "Restrict vault access to least-privilege roles and require MFA for sensitive operations."),
	Component: policies.Management, STRIDE: "IE", Severity: policies.High,
	Fix:   "make the key in stacks.NewKeys, with a class of its own",
	Reads: []string{"AWS::KMS::Key", "AWS::KMS::Alias", "AWS::KMS::ReplicaKey"},
	Check: func(e *template.Estate, f *policies.Findings) {
		stating := intent.StacksStating(e, f, "keys")
		aliases, names := map[string]int{}, map[*template.Resource]int{}
		for a := range e.All("AWS::KMS::Alias") {
			f.Examined(a)
			k := e.Find(a.Get("TargetKeyId"), "AWS::KMS::Key")
			if k == nil || k.Stack != a.Stack || intent.AliasClass(a) == "" {
				f.Fail(a, "no intent names this alias, or it stands for no key of its stack")
				continue
			}
			aliases[a.Stack.Name+" "+intent.AliasClass(a)]++
			names[k]++
		}
		for _, s := range stating {
			f.ExaminedStack(s)
			for class := range s.Intent().Get("keys").Map() {
				if n := aliases[s.Name+" "+class]; n != 1 {
					f.FailStack(s, "has %d keys for %s, and one was meant", n, class)
				}
			}
		}
		for k := range e.All("AWS::KMS::Key", "AWS::KMS::ReplicaKey") {
			f.Examined(k)
			if names[k] != 1 {
				f.Fail(k, "has %d aliases that were meant, and not one: no class of data is its own", names[k])
			}
		}
	},
}

var keysRotate = policies.Policy{
	ID: "KEY-02", Title: "Every key is AWS's own symmetric material, enabled, of one region, rotated every year, and lost only after 30 days' notice",
	Source:    policies.Risk(policies.Vaults, "Enforce automated certificate/key rotation and expiration policies."),
	Component: policies.Management, STRIDE: "TID", Severity: policies.High,
	Fix:   "make the key with key.New",
	Reads: []string{"AWS::KMS::Key"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for k := range e.All("AWS::KMS::Key") {
			f.Examined(k)
			orDefault := func(property, value string) bool { return k.Get(property).Missing() || k.Get(property).Is(value) }
			period, stated := k.Get("RotationPeriodInDays").Int()
			for wrong, is := range map[string]bool{
				"does not rotate":                            !k.Get("EnableKeyRotation").True(),
				"rotates less than once a year":              !k.Get("RotationPeriodInDays").Missing() && (!stated || period > intent.YearDays),
				"can be gone in less than 30 days":           !orDefault("PendingWindowInDays", "30"),
				"is not enabled":                             !orDefault("Enabled", "true"),
				"is not symmetric":                           !orDefault("KeySpec", "SYMMETRIC_DEFAULT") || !orDefault("KeyUsage", "ENCRYPT_DECRYPT"),
				"is of more than one region":                 !orDefault("MultiRegion", "false"),
				"has material that is not AWS's":             !orDefault("Origin", "AWS_KMS"),
				"may be given a policy that locks us out":    !orDefault("BypassPolicyLockoutSafetyCheck", "false"),
				"is not retained on deletion or replacement": !intent.Retained(k),
			} {
				if is {
					f.Fail(k, "%s", wrong)
				}
			}
		}
	},
}

// keyAdministration is what the account may do to a key: all but use it, or give its use away.
var keyAdministration = []string{"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias", "kms:UpdateKeyDescription",
	"kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy", "kms:EnableKey", "kms:DisableKey",
	"kms:EnableKeyRotation", "kms:DisableKeyRotation", "kms:RotateKeyOnDemand",
	"kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:RevokeGrant"}

var keyUsage = []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"}

var keysServeThroughServices = policies.Policy{
	ID: "KEY-03", Title: "Nobody but this account's identities uses a key, and they only through the service that stores its class of data",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "SIE", Severity: policies.High,
	Fix:   "let key.New write the key's policy",
	Reads: []string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		uses := keyUses(e)
		for k := range e.All("AWS::KMS::Key", "AWS::KMS::ReplicaKey") {
			f.Examined(k)
			through := []template.Condition{intent.When("StringEquals", "kms:CallerAccount", k.Stack.Account),
				intent.When("StringEquals", "kms:ViaService", uses[k].via+"."+k.Stack.Region+".amazonaws.com")}
			byGrant := append(slices.Clone(through), intent.When("Bool", "kms:GrantIsForAWSResource", "true"))
			used, granted := false, false
			for _, s := range k.Statements() {
				use := intent.SameSet(s.Actions, keyUsage) && intent.HasExactlyConditions(s, through...)
				grant := uses[k].grants && intent.IsSubset(s.Actions, []string{"kms:CreateGrant"}) && intent.HasExactlyConditions(s, byGrant...)
				used = used || use && ofAccount(k, s) && s.Effect == "Allow"
				granted = granted || grant && ofAccount(k, s) && s.Effect == "Allow"
				allowed := ofAccount(k, s) && (use || grant || intent.IsSubset(s.Actions, keyAdministration))
				if s.Effect != "Deny" && len(intent.SolePrincipals(s, "Service")) == 0 && !allowed {
					f.Fail(k, "statement %d lets somebody use it otherwise than through its service", s.Index)
				}
			}
			if !used || granted != uses[k].grants {
				f.Fail(k, "cannot be used through the service that stores its data")
			}
		}
	},
}

var keysServeServices = policies.Policy{
	ID: "KEY-04", Title: "AWS's services use a key in their own name only where its class of data takes it, and for this account",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "SIE", Severity: policies.High,
	Fix:   "let key.New write the key's policy",
	Reads: []string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		uses := keyUses(e)
		for k := range e.All("AWS::KMS::Key", "AWS::KMS::ReplicaKey") {
			f.Examined(k)
			admitted := map[string]bool{}
			for _, s := range k.Statements() {
				for _, service := range s.Principals["Service"] {
					conditions, known := serviceUses(k, uses[k])[service]
					whole := intent.SameSet(s.Actions, append(slices.Clone(keyUsage), "kms:DescribeKey"))
					if s.Effect == "Allow" && known && intent.IsReadable(s) && intent.IsOnEverything(s) && whole && intent.HasExactlyConditions(s, conditions) {
						admitted[service] = true
					} else {
						f.Fail(k, "statement %d admits %s otherwise than for this account's data", s.Index, service)
					}
				}
			}
			for service := range serviceUses(k, uses[k]) {
				if !admitted[service] {
					f.Fail(k, "does not admit %s, which cannot work without it", service)
				}
			}
		}
	},
}

var keysAreManageable = policies.Policy{
	ID: "KEY-05", Title: "Every key can be administered by its account, so that nobody is locked out of it",
	Source:    policies.Risk(policies.Vaults, "Regularly review and test incident response for key/certificate compromise."),
	Component: policies.Management, STRIDE: "D", Severity: policies.High,
	Fix:   "let key.New write the key's policy",
	Reads: []string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for k := range e.All("AWS::KMS::Key", "AWS::KMS::ReplicaKey") {
			f.Examined(k)
			managed := map[string]bool{}
			for _, s := range k.Statements() {
				if s.Effect == "Deny" {
					f.Fail(k, "statement %d denies, which may lock everybody out", s.Index)
				}
				if s.Effect == "Allow" && len(s.Conditions) == 0 && ofAccount(k, s) {
					for _, a := range s.Actions {
						managed[a] = true
					}
				}
			}
			for _, a := range keyAdministration {
				if !managed[a] {
					f.Fail(k, "the account cannot %s", a)
				}
			}
		}
	},
}

var keysAdmitBuckets = policies.Policy{
	ID: "KEY-06", Title: "Every bucket's key is one that is used through S3",
	Source:    policies.DataLeakage,
	Component: policies.Buckets, STRIDE: "D", Severity: policies.Medium,
	Fix:   "give the bucket the key of a class that S3 stores",
	Reads: []string{"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			k := intent.BucketKey(e, b)
			if k == nil {
				continue
			}
			admits := func(s template.Statement) bool {
				return ofAccount(k, s) && s.Allows("kms:Decrypt") && s.Allows("kms:GenerateDataKey") &&
					slices.Contains(s.Condition("StringEquals", "kms:ViaService"), "s3."+b.Stack.Region+".amazonaws.com")
			}
			if !slices.ContainsFunc(k.Statements(), admits) {
				f.Fail(b, "its key %s cannot be used through S3", k)
			}
		}
	},
}

// ofAccount says that a key's statement speaks of the key's account and of nobody else.
func ofAccount(k *template.Resource, s template.Statement) bool {
	return intent.IsReadable(s) && slices.Equal(intent.SolePrincipals(s, "AWS"), []string{"arn:" + k.Stack.Partition() + ":iam::" + k.Stack.Account + ":root"}) &&
		intent.IsOnEverything(s)
}
