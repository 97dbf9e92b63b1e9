package storage

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

const uploadQuestion = "How are we securely allowing partners to upload FAQ and knowledge base data to our S3 bucket?"

// uploaderIsTheDashboards holds a session to an hour, and to the tags that it is given: a tag of the role itself would stand for
// every session's.
var uploaderIsTheDashboards = policies.Policy{
	ID: "STORE-19", Title: "Only the dashboards assume the primary's upload role, each time for one partner and class",
	Source:    policies.Answer(uploadQuestion, "Access is scoped to specific buckets and paths per partner."),
	Component: policies.Buckets, STRIDE: "SE", Severity: policies.High,
	Fix:   "build the role with bucket.NewUploader, in the primary's storage stack alone",
	Reads: []string{intent.RoleType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range intent.StacksStating(e, f, "knowledge") {
			f.ExaminedStack(s)
			uploaders, want := uploadersOf(s), 0
			if intent.InPrimary(s) {
				want = 1
			}
			if len(uploaders) != want {
				f.FailStack(s, "has %d roles that upload, must have %d", len(uploaders), want)
			}
			for _, role := range uploaders {
				if tags := role.Get("Tags"); !tags.Missing() {
					f.Fail(role, "Tags is %s, must be absent: sessions bring theirs", tags)
				}
				judgeTrust(f, role, dashboardsTrust(s))
			}
		}
	},
}

func uploadersOf(s *template.Stack) []*template.Resource {
	return slices.DeleteFunc(s.Resources(), func(r *template.Resource) bool { return r.Type != intent.RoleType || !intent.IsUploader(r) })
}

// dashboardsTrust returns who assumes the uploader, and which tags its session has: a partner's id of three letters at least that is
// one step of a path, and the prefix of a retention class, none of them handed on.
func dashboardsTrust(s *template.Stack) template.Statement {
	var classes, dashboards []string
	for _, region := range intent.RegionsOf(s) {
		dashboards = append(dashboards, intent.RoleARN(s, region, "dashboard"))
	}
	for prefix := range s.Intent().Get("knowledge", "retention").Map() {
		classes = append(classes, strings.TrimSuffix(prefix, "/"))
	}
	return template.Statement{
		Actions: []string{"sts:AssumeRole", "sts:TagSession"}, Principals: map[string][]string{"AWS": {intent.IAMARN(s, "root")}},
		Conditions: []template.Condition{
			intent.When("ArnEquals", caller, dashboards...),
			intent.When("StringLike", "aws:RequestTag/partner", "???*"),
			intent.When("StringNotLike", "aws:RequestTag/partner", "*/*"),
			intent.When("StringEquals", "aws:RequestTag/retention", classes...),
			intent.When("ForAllValues:StringEquals", "aws:TagKeys", "partner", "retention"),
			intent.When("Null", "sts:TransitiveTagKeys", "true"),
		},
	}
}

var uploaderOnlyUploads = policies.Policy{
	ID: "STORE-20", Title: "A session that uploads only puts objects below its partner's prefix in its retention class",
	Source:    policies.Answer(uploadQuestion, "Access is scoped to specific buckets and paths per partner."),
	Component: policies.Buckets, STRIDE: "TIE", Severity: policies.High,
	Fix:   "build the role with bucket.NewUploader",
	Reads: append([]string{bucketType, intent.KeyType, intent.AliasType}, intent.GrantTypes...),
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All(bucketType) {
			if !isKnowledge(b) {
				continue
			}
			f.Examined(b)
			for _, role := range uploadersOf(b.Stack) {
				judgePermissions(e, f, role, uploadNeeds(e, b))
			}
		}
	},
}

// uploadNeeds returns what uploading takes. S3 asks KMS for a data key in the uploader's name, for the bucket ("Reducing the cost of
// SSE-KMS with Amazon S3 Bucket Keys"); for an upload in parts it would decrypt too.
func uploadNeeds(e *template.Estate, b *template.Resource) []template.Statement {
	arn := b.Attribute("Arn")
	return []template.Statement{
		allow(arn+"/${aws:PrincipalTag/retention}/${aws:PrincipalTag/partner}/*", "s3:PutObject").under(),
		allow(keyOf(e, b), "kms:GenerateDataKey").under(throughS3(b.Stack.Region), intent.When("StringEquals", "kms:EncryptionContext:aws:s3:arn", arn)),
	}
}

// originsAreOurs names the headers that a page may send with a file beyond what a browser sends of itself. A browser believes the
// answer for ten minutes at most.
var originsAreOurs = policies.Policy{
	ID: "STORE-28", Title: "The primary's knowledge takes files only from pages of our own dashboard, by PUT",
	Source:    policies.Answer("How are we ensuring that the SDK can only be loaded via trusted domains?", "Enforce strict CORS and referer policies."),
	Component: policies.Buckets, STRIDE: "SI", Severity: policies.Medium,
	Fix:   "build the bucket with bucket.NewKnowledge, with an Origin in the primary alone",
	Where: takesUploads,
	Expect: expect.Shapes{bucketType: {"CorsConfiguration": expect.Object(expect.Shape{"CorsRules": expect.List(expect.Object(expect.Shape{
		"AllowedOrigins": expect.List(expect.Equals("the dashboard's origin, as the intent says", func(at expect.At) string {
			origin := at.Stack().Intent().Get("uploads", "origin").Text()
			if !strings.HasPrefix(origin, "https://admin.") || intent.HasWildcard(origin) {
				return ""
			}
			return origin
		})),
		"AllowedMethods": expect.List(expect.Is("PUT")),
		"AllowedHeaders": expect.Exactly("content-type", "x-amz-checksum-sha256"),
		"MaxAge":         expect.Between(0, 600),
	}))})}},
}
