package storage

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var bucketsRefusePlainHTTP = policies.Policy{
	ID: "STORE-08", Title: "Every bucket has one policy, as long as it lives, which refuses everybody who does not come by TLS 1.2 or later",
	Source:    policies.Answer("Are we saving any historical chat data?", "Encrypt data at rest and in transit."),
	Component: policies.Buckets, STRIDE: "TI", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewPrivate",
	Reads: bucketsAndPolicies,
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			list := e.Referrers(b, "AWS::S3::BucketPolicy", "Bucket")
			if len(list) != 1 {
				f.Fail(b, "has %d bucket policies, of which one would hold", len(list))
			}
			for _, p := range list {
				if !intent.Retained(p) {
					f.Fail(p, "goes before its bucket does, which then answers everything")
				}
			}
			if !bucketForbids(e, b, "s3:*", intent.When("Bool", "aws:SecureTransport", "false")) {
				f.Fail(b, "answers plain HTTP")
			}
			if !bucketForbids(e, b, "s3:*", intent.When("NumericLessThan", "s3:TlsVersion", "1.2")) &&
				!bucketForbids(e, b, "s3:*", intent.When("NumericLessThan", "s3:TlsVersion", "1.3")) {
				f.Fail(b, "answers TLS before 1.2")
			}
		}
	},
}

// bucketServices are the services that a bucket policy may admit, each with all that it may do.
var bucketServices = map[string][]string{"logging.s3.amazonaws.com": {"s3:PutObject"}}

var bucketsAdmitOnlyServices = policies.Policy{
	ID: "STORE-09", Title: "No bucket policy admits anybody but AWS's log delivery, on behalf of this estate's buckets",
	Source:    policies.LeastPrivilege,
	Component: policies.Buckets, STRIDE: "STI", Severity: policies.High,
	Fix:   "take the Allow out: identities of this account have their access by their own policies",
	Reads: bucketsAndPolicies,
	Check: func(e *template.Estate, f *policies.Findings) {
		for p := range e.All("AWS::S3::BucketPolicy") {
			f.Examined(p)
			b := e.Find(p.Get("Bucket"), "AWS::S3::Bucket")
			if b == nil {
				f.Fail(p, "is of no bucket of this estate")
			}
			for _, s := range p.Statements() {
				if s.Effect != "Deny" && (b == nil || !admitsService(e, b, s)) {
					f.Fail(p, "statement %d admits more than a service that acts for a bucket of this account", s.Index)
				}
			}
		}
	},
}

// admitsService says that an Allow is for known services, for what they do, and for buckets of this account only.
func admitsService(e *template.Estate, b *template.Resource, s template.Statement) bool {
	services := intent.SolePrincipals(s, "Service")
	for _, service := range services {
		if !intent.IsSubset(s.Actions, bucketServices[service]) {
			return false
		}
	}
	for _, r := range s.Resources {
		if e.Find(b.Value(r), "AWS::S3::Bucket") != b {
			return false
		}
	}
	sources := slices.Concat(s.Condition("ArnLike", "aws:SourceArn"), s.Condition("ArnEquals", "aws:SourceArn"))
	for _, arn := range sources {
		if source := e.Find(b.Value(arn), "AWS::S3::Bucket"); source == nil || source.Attribute("Arn") != arn {
			return false
		}
	}
	return intent.IsReadable(s) && len(services) > 0 && len(sources) > 0 && len(s.Conditions) == 2 &&
		intent.SameSet(s.Condition("StringEquals", "aws:SourceAccount"), []string{b.Stack.Account})
}

var bucketsRefuseOtherAccounts = policies.Policy{
	ID: "STORE-10", Title: "Every bucket of data refuses every other account, whatever an Allow may come to say",
	Source:    policies.BucketRow,
	Component: policies.Buckets, STRIDE: "STI", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewPrivate",
	Reads: bucketsAndPolicies,
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			if !isAccessLogs(b) && !bucketForbids(e, b, "s3:*", intent.When("StringNotEquals", "aws:PrincipalAccount", b.Stack.Account),
				intent.When("BoolIfExists", "aws:PrincipalIsAWSService", "false")) {
				f.Fail(b, "does not refuse identities of other accounts")
			}
		}
	},
}

var bucketsRefuseOtherKeys = policies.Policy{
	ID: "STORE-11", Title: "Every bucket of data refuses an object that asks for another key or encryption than the bucket's",
	Source:    policies.DataLeakage,
	Component: policies.Buckets, STRIDE: "TI", Severity: policies.Medium,
	Fix:   "build the bucket with bucket.NewPrivate",
	Reads: []string{"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		const asked = "s3:x-amz-server-side-encryption"
		otherThan := func(b *template.Resource, header, want string) bool {
			return objectsForbid(e, b, "s3:PutObject", intent.When("StringNotEquals", header, want), intent.When("Null", header, "false"))
		}
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			if isAccessLogs(b) {
				continue
			}
			if k := intent.BucketKey(e, b); k == nil || !otherThan(b, asked+"-aws-kms-key-id", k.Attribute("Arn")) {
				f.Fail(b, "takes objects under any key")
			}
			if !otherThan(b, asked, "aws:kms") {
				f.Fail(b, "takes objects under S3's own key, which everybody who may read the bucket has")
			}
		}
	},
}

var bucketsAreLogged = policies.Policy{
	ID: "STORE-12", Title: "Every access to a bucket is logged into the region's access-log bucket, which admits that and does not log itself",
	Source:    policies.Answer("Do we have audit logs to protect ourselves", "all critical actions (authentication, data access, configuration changes) are logged"),
	Component: policies.Buckets, STRIDE: "I", Severity: policies.Medium,
	Fix:   "give bucket.NewPrivate the access-log bucket of its region",
	Reads: bucketsAndPolicies,
	Check: func(e *template.Estate, f *policies.Findings) {
		targets := map[string]*template.Resource{}
		for b := range e.All("AWS::S3::Bucket") {
			if isAccessLogs(b) {
				targets[b.Stack.Region] = b
			}
		}
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			logging, target := b.Get("LoggingConfiguration"), targets[b.Stack.Region]
			switch prefix := b.Get("BucketName").Text() + "/"; {
			case b == target:
				if !logging.Missing() {
					f.Fail(b, "the access logs are logged, which never ends")
				}
				if !b.Get("ObjectLockConfiguration").Missing() || b.Get("ObjectLockEnabled").True() {
					f.Fail(b, "S3 refuses to deliver access logs into a locked bucket")
				}
			case target == nil || e.Find(logging.Get("DestinationBucketName"), "AWS::S3::Bucket") != target:
				f.Fail(b, "accesses are not logged into the access-log bucket of %s", b.Stack.Region)
			case !logging.Get("LogFilePrefix").Is(prefix):
				f.Fail(b, "the access log has no prefix of its own, %s", prefix)
			case !deliveryAdmitted(e, b, target, prefix):
				f.Fail(b, "%s does not admit its access log, which is lost", target)
			}
		}
	},
}

// deliveryAdmitted says that a target's policy lets S3 write a bucket's access log: it allows that, and denies nothing but the
// wrong transport.
func deliveryAdmitted(e *template.Estate, b, target *template.Resource, prefix string) bool {
	for _, s := range bucketStatements(e, target) {
		transport := s.Condition("Bool", "aws:SecureTransport") != nil || s.Condition("NumericLessThan", "s3:TlsVersion") != nil
		if s.Effect == "Deny" && !transport {
			return false
		}
	}
	return slices.ContainsFunc(bucketStatements(e, target), func(s template.Statement) bool {
		sources := slices.Concat(s.Condition("ArnLike", "aws:SourceArn"), s.Condition("ArnEquals", "aws:SourceArn"))
		return intent.IsReadable(s) && s.Allows("s3:PutObject") && slices.Contains(s.Principals["Service"], "logging.s3.amazonaws.com") &&
			slices.Contains(s.Resources, target.Attribute("Arn")+"/"+prefix+"*") && slices.Contains(sources, b.Attribute("Arn"))
	})
}

var releasesAreImmutable = policies.Policy{
	ID: "STORE-13", Title: "What is released into an immutable bucket can be neither overwritten nor removed while it is locked",
	Source:    policies.Answer("How are we ensuring integrity and versioning of our SDK artifacts?", "CDN and S3 enforce immutability for released versions."),
	Component: policies.Buckets, STRIDE: "T", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewReleased",
	Reads: bucketsAndPolicies,
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range intent.StacksStating(e, f, "immutable") {
			for class, days := range s.Intent().Get("immutable").Map() {
				b, least := bucketOf(s, class), 1
				if n, ok := days.Int(); ok {
					least = max(least, n)
				}
				if b == nil {
					f.FailStack(s, "there is no bucket for %s", class)
					continue
				}
				f.Examined(b)
				if !locked(b, least) {
					f.Fail(b, "what is written is not locked by default for %d days", least)
				}
				if !objectsForbid(e, b, "s3:PutObject", intent.When("Null", "s3:if-none-match", "true"),
					intent.When("Bool", "s3:ObjectCreationOperation", "true")) {
					f.Fail(b, "a write that does not say If-None-Match overwrites what was released")
				}
			}
		}
	},
}

// locked says that Object Lock keeps what is written for so many days, if the writer does not say otherwise.
func locked(b *template.Resource, days int) bool {
	retention := b.Get("ObjectLockConfiguration", "Rule", "DefaultRetention")
	n, ok := retention.Get("Days").Int()
	return ok && n >= days && b.Get("ObjectLockEnabled").True() && b.Get("ObjectLockConfiguration", "ObjectLockEnabled").Is("Enabled") &&
		(retention.Get("Mode").Is("GOVERNANCE") || retention.Get("Mode").Is("COMPLIANCE"))
}

var bucketsAndPolicies = []string{"AWS::S3::Bucket", "AWS::S3::BucketPolicy"}

// bucketForbids says that a bucket's policy denies everybody an action on the bucket and its objects, under exactly these conditions.
func bucketForbids(e *template.Estate, b *template.Resource, action string, want ...template.Condition) bool {
	arn := b.Attribute("Arn")
	return slices.ContainsFunc(bucketStatements(e, b), func(s template.Statement) bool {
		return intent.Forbids(s, action, []string{arn, arn + "/*"}, want...)
	})
}

// objectsForbid is bucketForbids for an action that objects have and buckets do not.
func objectsForbid(e *template.Estate, b *template.Resource, action string, want ...template.Condition) bool {
	return slices.ContainsFunc(bucketStatements(e, b), func(s template.Statement) bool {
		return intent.Forbids(s, action, []string{b.Attribute("Arn") + "/*"}, want...)
	})
}

func bucketStatements(e *template.Estate, b *template.Resource) []template.Statement {
	var all []template.Statement
	for _, p := range e.Referrers(b, "AWS::S3::BucketPolicy", "Bucket") {
		all = append(all, p.Statements()...)
	}
	return all
}
