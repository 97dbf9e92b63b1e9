package storage

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// refusal is a Deny that a bucket's policy cannot be without: for everybody, of all the actions, on the resources or all but some,
// under exactly these conditions. It is compared whole: one condition more narrows it.
type refusal struct {
	otherwise string // what happens without it
	actions   []string
	on, but   []string
	under     []template.Condition
}

// is says that a statement is the refusal.
func (r refusal) is(s template.Statement) bool {
	return s.Unknown == "" && s.Effect == "Deny" && intent.IsForEverybody(s) && len(s.NotActions) == 0 && intent.SameList(s.Actions, r.actions) &&
		intent.SameList(s.Resources, r.on) && intent.SameList(s.NotResources, r.but) && intent.HasExactlyConditions(s, r.under...)
}

// refuses reports the refusals that a bucket's policy does not make.
func refuses(e *template.Estate, f *policies.Findings, b *template.Resource, refusals []refusal) {
	for _, r := range refusals {
		if !slices.ContainsFunc(bucketStatements(e, b), r.is) {
			f.Fail(b, "%s", r.otherwise)
		}
	}
}

const (
	// uploadMillis is how old a signature of an upload may be: a quarter of an hour, in milliseconds.
	uploadMillis = "900000"
	// validationObject is what GuardDuty puts to see that it can ("Create or update IAM role policy").
	validationObject = "malware-protection-resource-validation-object"
	scanStatus       = "s3:ExistingObjectTag/GuardDutyMalwareScanStatus"
	byWhom           = "aws:PrincipalArn"
)

var uploadsAreBounded = policies.Policy{
	ID: "STORE-21", Title: "Knowledge takes an object only by a signature of the last quarter of an hour, without tags, and below a retention class and partner; outside the primary it takes none",
	Source:    policies.Answer(uploadQuestion, "Expire pre-signed URLs quickly and audit all uploads."),
	Component: policies.Buckets, STRIDE: "STID", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewKnowledge",
	Reads: bucketsAndPolicies,
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, b := range knowledges(e, f) {
			refuses(e, f, b, puttingRefusals(b))
		}
	},
}

func puttingRefusals(b *template.Resource) []refusal {
	put, all, into := []string{"s3:PutObject"}, []string{b.Attribute("Arn") + "/*"}, []string{b.Attribute("Arn") + "/" + validationObject}
	if takesUploads(b.Stack) {
		for prefix := range b.Stack.Intent().Get("knowledge", "retention").Map() {
			into = append(into, b.Attribute("Arn")+"/"+prefix+"*/*")
		}
	}
	return []refusal{
		{"takes objects where no retention class and partner is", put, nil, into, nil},
		{"takes uploads by a URL that is older than a quarter of an hour", put, all, nil,
			[]template.Condition{intent.When("NumericGreaterThan", "s3:signatureAge", uploadMillis)}},
		{"takes uploads by signatures of version 2, of which the age is always 0", put, all, nil,
			[]template.Condition{intent.When("StringEquals", "s3:signatureversion", "AWS")}},
		{"takes objects that bring a tag, which may say that they are clean", put, all, nil,
			[]template.Condition{intent.When("Null", "s3:RequestObjectTagKeys", "false")}},
	}
}

var knowledgeIsReadInTheVPC = policies.Policy{
	ID: "STORE-22", Title: "Nobody reads knowledge but through the S3 endpoint of its region's VPC, the scanner and the role that copies it excepted",
	Source:    policies.DataLeakage,
	Component: policies.Buckets, STRIDE: "SI", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewKnowledge",
	Reads: append([]string{intent.EndpointType, intent.ScanType, intent.RoleType}, bucketsAndPolicies...),
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, b := range knowledges(e, f) {
			refuses(e, f, b, vpcRefusals(e, b))
		}
	},
}

func vpcRefusals(e *template.Estate, b *template.Resource) []refusal {
	exempt := scannersOf(e, b)
	if copies := e.Find(b.Get("ReplicationConfiguration", "Role"), intent.RoleType); copies != nil {
		exempt = append(exempt, copies.Attribute("Arn"))
	}
	way := ""
	for p := range e.All(intent.EndpointType) {
		if p.Stack.Region == b.Stack.Region && intent.EndpointMeant(p).Service == "s3" {
			way = p.Attribute("")
		}
	}
	return []refusal{{"is read from outside the VPC", []string{"s3:GetObject*"}, []string{b.Attribute("Arn") + "/*"}, nil,
		[]template.Condition{intent.When("StringNotEquals", "aws:SourceVpce", way), intent.When("ArnNotEquals", byWhom, exempt...)}}}
}

var onlyCleanIsRead = policies.Policy{
	ID: "STORE-23", Title: "Nobody reads an object of knowledge that was not found clean, and nobody but the scanner says what was",
	Source:    policies.Answer(uploadQuestion, "Restrict bucket policies."),
	Component: policies.Buckets, STRIDE: "ST", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewKnowledge",
	Reads: append([]string{intent.ScanType, intent.RoleType}, bucketsAndPolicies...),
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, b := range knowledges(e, f) {
			refuses(e, f, b, cleanRefusals(e, b))
		}
	},
}

func cleanRefusals(e *template.Estate, b *template.Resource) []refusal {
	all, scanner := []string{b.Attribute("Arn") + "/*"}, intent.When("ArnNotEquals", byWhom, scannersOf(e, b)...)
	return []refusal{
		{"is read before it was found clean", []string{"s3:GetObject", "s3:GetObjectVersion"}, all, nil,
			[]template.Condition{intent.When("StringNotEquals", scanStatus, "NO_THREATS_FOUND"), scanner}},
		{"is said to be clean by others than its scanner", []string{"s3:PutObjectTagging", "s3:PutObjectVersionTagging",
			"s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"}, all, nil, []template.Condition{scanner}},
	}
}

var nothingElseIsRefused = policies.Policy{
	ID: "STORE-29", Title: "A bucket's policy refuses what this catalogue asks for and nothing else, so that nobody is locked out who has work to do",
	Source:    policies.Answer("How are we securing our S3 bucket data?", "Regularly audit bucket policies and access logs."),
	Component: policies.Buckets, STRIDE: "D", Severity: policies.Medium,
	Fix:   "take the Deny out, or state it in refusalsOf",
	Reads: append([]string{"AWS::KMS::Key", "AWS::KMS::Alias", intent.EndpointType, intent.ScanType, intent.RoleType}, bucketsAndPolicies...),
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			meant := refusalsOf(e, b)
			for _, s := range bucketStatements(e, b) {
				if s.Effect == "Deny" && !slices.ContainsFunc(meant, func(r refusal) bool { return r.is(s) }) {
					f.Fail(s.Resource, "%s: refuses what nobody asked for", intent.StatementName(s))
				}
			}
		}
	},
}

// refusalsOf are all that a bucket's policy may refuse.
func refusalsOf(e *template.Estate, b *template.Resource) []refusal {
	arn := b.Attribute("Arn")
	whole, all, put := []string{arn, arn + "/*"}, []string{arn + "/*"}, []string{"s3:PutObject"}
	list := []refusal{
		{"", []string{"s3:*"}, whole, nil, []template.Condition{intent.When("Bool", "aws:SecureTransport", "false")}},
		{"", []string{"s3:*"}, whole, nil, []template.Condition{intent.When("NumericLessThan", "s3:TlsVersion", "1.2")}},
		{"", []string{"s3:*"}, whole, nil, []template.Condition{intent.When("NumericLessThan", "s3:TlsVersion", "1.3")}},
	}
	if isAccessLogs(b) {
		return list
	}
	list = append(list, refusal{"", []string{"s3:*"}, whole, nil, []template.Condition{
		intent.When("StringNotEquals", "aws:PrincipalAccount", b.Stack.Account), intent.When("BoolIfExists", "aws:PrincipalIsAWSService", "false")}})
	asked := "s3:x-amz-server-side-encryption"
	for header, want := range map[string]string{asked: "aws:kms", asked + "-aws-kms-key-id": keyOf(e, b)} {
		list = append(list, refusal{"", put, all, nil, []template.Condition{intent.When("StringNotEquals", header, want), intent.When("Null", header, "false")}})
	}
	if !b.Stack.Intent().Get("immutable", bucketClass(b)).Missing() {
		list = append(list, refusal{"", put, all, nil, []template.Condition{
			intent.When("Null", "s3:if-none-match", "true"), intent.When("Bool", "s3:ObjectCreationOperation", "true")}})
	}
	if isKnowledge(b) {
		list = slices.Concat(list, puttingRefusals(b), vpcRefusals(e, b), cleanRefusals(e, b))
	}
	if isArchive(b) {
		list = append(list, archiveRefusals(b)...)
	}
	return list
}

// keyOf is the ARN of what a bucket encrypts under, "" if that is no key of this estate.
func keyOf(e *template.Estate, b *template.Resource) string {
	if k := intent.BucketKey(e, b); k != nil {
		return k.Attribute("Arn")
	}
	return ""
}

// knowledges are the buckets for knowledge, one in each region. One that is not there is reported.
func knowledges(e *template.Estate, f *policies.Findings) []*template.Resource {
	return bucketsFor(e, f, "knowledge", func(s *template.Stack) string { return s.Intent().Get("knowledge", "bucket").Text() })
}

// bucketsFor are the buckets of a class, one for each stack whose intent says what. One that is not there is reported.
func bucketsFor(e *template.Estate, f *policies.Findings, what string, class func(*template.Stack) string) []*template.Resource {
	var list []*template.Resource
	for _, s := range intent.StacksStating(e, f, what) {
		if b := bucketOf(s, class(s)); b != nil {
			f.Examined(b)
			list = append(list, b)
		} else {
			f.FailStack(s, "there is no bucket for %s", what)
		}
	}
	return list
}

// takesUploads says that a stack lies in the primary, where partners upload to.
func takesUploads(s *template.Stack) bool { return s.Intent().Get("regions", "0").Is(s.Region) }
