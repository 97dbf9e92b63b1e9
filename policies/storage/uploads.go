package storage

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

const uploadQuestion = "How are we securely allowing partners to upload FAQ and knowledge base data to our S3 bucket?"

var uploaderIsTheDashboards = policies.Policy{
	ID: "STORE-19", Title: "The primary has one role that uploads, taken up only by the dashboards' roles, for an hour at most, and for one partner and one retention class at a time",
	Source:    policies.Answer(uploadQuestion, "Access is scoped to specific buckets and paths per partner."),
	Component: policies.Buckets, STRIDE: "SE", Severity: policies.High,
	Fix:   "build the role with bucket.NewUploader, in the primary's storage stack alone",
	Reads: []string{intent.RoleType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range intent.StacksStating(e, f, "knowledge") {
			f.ExaminedStack(s)
			uploaders := slices.DeleteFunc(s.Resources(), func(r *template.Resource) bool { return r.Type != intent.RoleType || !intent.IsUploader(r) })
			want := 0
			if takesUploads(s) {
				want = 1
			}
			if len(uploaders) != want {
				f.FailStack(s, "has %d roles that upload, not %d", len(uploaders), want)
			}
			for _, role := range uploaders {
				checkUploader(f, role)
			}
		}
	},
}

func checkUploader(f *policies.Findings, role *template.Resource) {
	f.AllowOnly(role, "AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "PermissionsBoundary", "Policies", "RoleName")
	if seconds, ok := role.Get("MaxSessionDuration").Int(); !role.Get("MaxSessionDuration").Missing() && (!ok || seconds > 3600) {
		f.Fail(role, "its session is longer than an hour")
	}
	for _, s := range intent.TrustOf(f, role, "sts:AssumeRole", "sts:TagSession") {
		if !slices.Equal(intent.SolePrincipals(s, "AWS"), []string{intent.IAMARN(role.Stack, "root")}) || !intent.IsSubset(s.Actions, []string{"sts:AssumeRole", "sts:TagSession"}) ||
			!intent.HasExactlyConditions(s, sessionConditions(role.Stack)...) {
			f.Fail(role, "%s: admits somebody else, or for more than one partner's uploads", intent.StatementName(s))
		}
	}
}

// sessionConditions are who takes the uploader up, and which tags its session has: a partner's id of three letters at least that is
// one step of a path, and the prefix of a retention class, none of them handed on.
func sessionConditions(s *template.Stack) []template.Condition {
	var classes, dashboards []string
	for _, region := range intent.RegionsOf(s) {
		dashboards = append(dashboards, intent.RoleARN(s, region, "dashboard"))
	}
	for prefix := range s.Intent().Get("knowledge", "retention").Map() {
		classes = append(classes, strings.TrimSuffix(prefix, "/"))
	}
	return []template.Condition{
		intent.When("ArnEquals", byWhom, dashboards...),
		intent.When("StringLike", "aws:RequestTag/partner", "???*"),
		intent.When("StringNotLike", "aws:RequestTag/partner", "*/*"),
		intent.When("StringEquals", "aws:RequestTag/retention", classes...),
		intent.When("ForAllValues:StringEquals", "aws:TagKeys", "partner", "retention"),
		intent.When("Null", "sts:TransitiveTagKeys", "true"),
	}
}

var uploaderOnlyUploads = policies.Policy{
	ID: "STORE-20", Title: "A session that uploads can put objects below its partner's prefix in its retention class, and can do nothing else",
	Source:    policies.Answer(uploadQuestion, "Access is scoped to specific buckets and paths per partner."),
	Component: policies.Buckets, STRIDE: "TIE", Severity: policies.High,
	Fix:   "build the role with bucket.NewUploader",
	Reads: append([]string{"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::KMS::Alias"}, intent.GrantTypes...),
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, b := range knowledges(e, f) {
			for _, role := range b.Stack.Resources() {
				if role.Type == intent.RoleType && intent.IsUploader(role) {
					doesExactly(e, f, role, "uploading", uploadNeeds(e, b))
				}
			}
		}
	},
}

// uploadNeeds are the calls that uploading takes. S3 asks KMS for a data key in the uploader's name, for the bucket ("Reducing the
// cost of SSE-KMS with Amazon S3 Bucket Keys"); for an upload in parts it would decrypt too.
func uploadNeeds(e *template.Estate, b *template.Resource) grants {
	needs, arn := grants{}, b.Attribute("Arn")
	needs.need(arn+"/${aws:PrincipalTag/retention}/${aws:PrincipalTag/partner}/*", nil, "s3:PutObject")
	needs.need(keyOf(e, b), []template.Condition{throughS3(b.Stack.Region), intent.When("StringEquals", "kms:EncryptionContext:aws:s3:arn", arn)},
		"kms:GenerateDataKey")
	return needs
}

// uploadHeaders are what a page may send with a file beyond what a browser sends of itself.
var uploadHeaders = []string{"content-type", "x-amz-checksum-sha256"}

var originsAreOurs = policies.Policy{
	ID: "STORE-28", Title: "The primary's knowledge takes files from pages of our own dashboard, by PUT, and no other bucket answers pages at all",
	Source:    policies.Answer("How are we ensuring that the SDK can only be loaded via trusted domains?", "Enforce strict CORS and referer policies."),
	Component: policies.Buckets, STRIDE: "SI", Severity: policies.Medium,
	Fix:   "build the bucket with bucket.NewKnowledge, with an Origin in the primary alone",
	Reads: []string{"AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			cors := b.Get("CorsConfiguration")
			if !isKnowledge(b) || !takesUploads(b.Stack) {
				if !cors.Missing() {
					f.Fail(b, "answers pages of other origins")
				}
				continue
			}
			rules, origin := cors.Get("CorsRules"), b.Stack.Intent().Get("uploads", "origin").Text()
			rule := rules.Get("0")
			switch {
			case !strings.HasPrefix(origin, "https://admin.") || intent.HasWildcard(origin):
				f.Fail(b, "the intent's origin is %q, which is not the dashboard's", origin)
			case cors.Len() != 1 || rules.Len() != 1 || len(intent.UnexpectedKeys(rule, "AllowedOrigins", "AllowedMethods", "AllowedHeaders", "MaxAge")) > 0 ||
				!slices.Equal(intent.Texts(rule.Get("AllowedOrigins")), []string{origin}) || !slices.Equal(intent.Texts(rule.Get("AllowedMethods")), []string{"PUT"}) ||
				!intent.SameList(intent.Texts(rule.Get("AllowedHeaders")), uploadHeaders):
				f.Fail(b, "answers otherwise than to a PUT from %s", origin)
			}
			if age, ok := rule.Get("MaxAge").Int(); !ok || age > 600 {
				f.Fail(b, "its answer is believed for longer than ten minutes")
			}
		}
	},
}
