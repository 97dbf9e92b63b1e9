package policies

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

const uploadQuestion = "How are we securely allowing partners to upload FAQ and knowledge base data to our S3 bucket?"

// isUploader says that a role has the name of the one by which partners upload. Who has it is held to its trust and its grants.
func isUploader(r *template.Resource) bool {
	return r.Stack.Layer == "storage" && r.Get("RoleName").Is(roleNamed(r.Stack, "upload"))
}

var uploaderIsTheDashboards = Policy{
	ID: "STORE-19", Title: "The primary has one role that uploads, taken up only by the dashboards' roles, for an hour at most, and for one partner and one retention class at a time",
	Source:    answer(uploadQuestion, "Access is scoped to specific buckets and paths per partner."),
	Component: Buckets, STRIDE: "SE", Severity: High,
	Fix:   "build the role with bucket.NewUploader, in the primary's storage stack alone",
	Reads: []string{roleType},
	Check: func(e *template.Estate, f *Findings) {
		for _, s := range statingIntent(e, f, "knowledge") {
			f.SawStack(s)
			uploaders := slices.DeleteFunc(s.Resources(), func(r *template.Resource) bool { return r.Type != roleType || !isUploader(r) })
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

func checkUploader(f *Findings, role *template.Resource) {
	allowOnly(f, role, "AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "PermissionsBoundary", "Policies", "RoleName")
	if seconds, ok := role.Get("MaxSessionDuration").Int(); !role.Get("MaxSessionDuration").Missing() && (!ok || seconds > 3600) {
		f.Fail(role, "its session is longer than an hour")
	}
	for _, s := range trustOf(f, role, "sts:AssumeRole", "sts:TagSession") {
		if !slices.Equal(lone(s, "AWS"), []string{ofIAM(role.Stack, "root")}) || !within(s.Actions, []string{"sts:AssumeRole", "sts:TagSession"}) ||
			!under(s, sessionConditions(role.Stack)...) {
			f.Fail(role, "%s: admits somebody else, or for more than one partner's uploads", place(s))
		}
	}
}

// sessionConditions are who takes the uploader up, and which tags its session has: a partner's id of three letters at least that is
// one step of a path, and the prefix of a retention class, none of them handed on.
func sessionConditions(s *template.Stack) []template.Condition {
	var classes, dashboards []string
	for _, region := range regionsOf(s) {
		dashboards = append(dashboards, ofRole(s, region, "dashboard"))
	}
	for prefix := range s.Intent().Get("knowledge", "retention").Map() {
		classes = append(classes, strings.TrimSuffix(prefix, "/"))
	}
	return []template.Condition{
		when("ArnEquals", byWhom, dashboards...),
		when("StringLike", "aws:RequestTag/partner", "???*"),
		when("StringNotLike", "aws:RequestTag/partner", "*/*"),
		when("StringEquals", "aws:RequestTag/retention", classes...),
		when("ForAllValues:StringEquals", "aws:TagKeys", "partner", "retention"),
		when("Null", "sts:TransitiveTagKeys", "true"),
	}
}

var uploaderOnlyUploads = Policy{
	ID: "STORE-20", Title: "A session that uploads can put objects below its partner's prefix in its retention class, and can do nothing else",
	Source:    answer(uploadQuestion, "Access is scoped to specific buckets and paths per partner."),
	Component: Buckets, STRIDE: "TIE", Severity: High,
	Fix:   "build the role with bucket.NewUploader",
	Reads: append([]string{"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::KMS::Alias"}, grantTypes...),
	Check: func(e *template.Estate, f *Findings) {
		for _, b := range knowledges(e, f) {
			for _, role := range b.Stack.Resources() {
				if role.Type == roleType && isUploader(role) {
					doesExactly(e, f, role, "uploading", uploadNeeds(e, b))
				}
			}
		}
	},
}

// uploadNeeds are the calls that uploading takes. S3 asks KMS for a data key in the uploader's name, for the bucket ("Reducing the
// cost of SSE-KMS with Amazon S3 Bucket Keys"); for an upload in parts it would decrypt too.
func uploadNeeds(e *template.Estate, b *template.Resource) calls {
	needs, arn := calls{}, b.Attribute("Arn")
	needs.need(arn+"/${aws:PrincipalTag/retention}/${aws:PrincipalTag/partner}/*", nil, "s3:PutObject")
	needs.need(keyOf(e, b), []template.Condition{throughS3(b.Stack.Region), when("StringEquals", "kms:EncryptionContext:aws:s3:arn", arn)},
		"kms:GenerateDataKey")
	return needs
}

// uploadHeaders are what a page may send with a file beyond what a browser sends of itself.
var uploadHeaders = []string{"content-type", "x-amz-checksum-sha256"}

var originsAreOurs = Policy{
	ID: "STORE-28", Title: "The primary's knowledge takes files from pages of our own dashboard, by PUT, and no other bucket answers pages at all",
	Source:    answer("How are we ensuring that the SDK can only be loaded via trusted domains?", "Enforce strict CORS and referer policies."),
	Component: Buckets, STRIDE: "SI", Severity: Medium,
	Fix:   "build the bucket with bucket.NewKnowledge, with an Origin in the primary alone",
	Reads: []string{"AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Saw(b)
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
			case !strings.HasPrefix(origin, "https://admin.") || wild(origin):
				f.Fail(b, "the intent's origin is %q, which is not the dashboard's", origin)
			case cors.Len() != 1 || rules.Len() != 1 || len(beyond(rule, "AllowedOrigins", "AllowedMethods", "AllowedHeaders", "MaxAge")) > 0 ||
				!slices.Equal(texts(rule.Get("AllowedOrigins")), []string{origin}) || !slices.Equal(texts(rule.Get("AllowedMethods")), []string{"PUT"}) ||
				!same(texts(rule.Get("AllowedHeaders")), uploadHeaders):
				f.Fail(b, "answers otherwise than to a PUT from %s", origin)
			}
			if age, ok := rule.Get("MaxAge").Int(); !ok || age > 600 {
				f.Fail(b, "its answer is believed for longer than ten minutes")
			}
		}
	},
}
