package proof

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/access"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// The other policies hold each document to what it should say. These hold what all documents together come to: they ask who can do
// what of a model of IAM, and a finding names who, what and the statements. Each holds both directions: a service that cannot do its
// work, its key included, is found as well as somebody who can do what he should not.
var accessPolicies = []policies.Policy{knowledgeIsFor, bucketsAreFor, keysAreFor, rolesAreFor, databaseIsFor, cacheIsFor, registryIsFor, secretsAreFor}

const followStatements = "take out the statement that the finding names, or give the one that it misses; who should is said in policies/proof/access_uses.go"

var knowledgeIsFor = policies.Policy{
	ID: "ACC-01", Title: "A partner's knowledge is read by llm of the region alone, comes in by upload and replication alone, and nobody removes it",
	Source:    policies.DataLeakage,
	Component: policies.LLMContext, STRIDE: "TIE", Severity: policies.High,
	Fix:   followStatements,
	Reads: accessTypes,
	Check: func(e *template.Estate, f *policies.Findings) {
		a, is := about(f, e)
		for b := range e.All("AWS::S3::Bucket") {
			if is && bucketKind(b) == "knowledge" {
				holds(f, a, bucketThing(e, b), bucketUses["knowledge"])
			}
		}
	},
}

var bucketsAreFor = policies.Policy{
	ID: "ACC-02", Title: "What the other buckets hold is read by nobody, written by log delivery alone, and every bucket is of a known kind",
	Source:    policies.BucketRow,
	Component: policies.Buckets, STRIDE: "TI", Severity: policies.High,
	Fix:   followStatements,
	Reads: accessTypes,
	Check: func(e *template.Estate, f *policies.Findings) {
		a, is := about(f, e)
		for b := range e.All("AWS::S3::Bucket") {
			kind := bucketKind(b)
			if bucketUses[kind] == nil {
				f.Fail(b, "nothing says who may use it")
			}
			if is && kind != "knowledge" {
				holds(f, a, bucketThing(e, b), bucketUses[kind])
			}
		}
	},
}

// bucketKind is the end of a bucket's name, of those that every region has.
func bucketKind(b *template.Resource) string {
	s := b.Stack
	kind, _ := strings.CutPrefix(b.Get("BucketName").Text(), "livechat-"+s.Environment+"-"+s.Account+"-"+s.Region+"-")
	return kind
}

// bucketThing is a bucket, and a partner's objects in each class of retention.
func bucketThing(e *template.Estate, b *template.Resource) resource {
	t := resource{Place: access.Place{Resource: b}, e: e, at: b.Stack.Region, anchor: b}
	for _, class := range b.Stack.Intent().Get("knowledge", "retention").Keys() {
		if knowledgeBucket(b) {
			t.within = append(t.within, "/"+class+"partner/object")
		}
	}
	return t
}

var keysAreFor = policies.Policy{
	ID: "ACC-03", Title: "A key decrypts for those who read what it encrypts and for nobody else, and nobody gives its use away or administers it",
	Source:    policies.Risk(policies.Vaults, "Restrict vault access to least-privilege roles and require MFA for sensitive operations."),
	Component: policies.Management, STRIDE: "IE", Severity: policies.High,
	Fix:   followStatements,
	Reads: accessTypes,
	Check: func(e *template.Estate, f *policies.Findings) {
		a, is := about(f, e)
		classes := map[*template.Resource]string{}
		for alias := range e.All("AWS::KMS::Alias") {
			if k := e.Find(alias.Get("TargetKeyId"), "AWS::KMS::Key"); k != nil {
				classes[k] = intent.AliasClass(alias)
			}
		}
		for k := range e.All("AWS::KMS::Key", "AWS::KMS::ReplicaKey") {
			if classUses[classes[k]] == nil {
				f.Fail(k, "nothing says who may use it")
			}
			if is {
				holds(f, a, resource{Place: access.Place{Resource: k}, e: e, at: k.Stack.Region, anchor: k}, classUses[classes[k]])
			}
		}
	},
}

var rolesAreFor = policies.Policy{
	ID: "ACC-04", Title: "Every role is taken up by the one principal that it is for, nobody passes it, and nobody but deployers goes on to roles outside of the templates",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "SE", Severity: policies.High,
	Fix:   followStatements,
	Reads: accessTypes,
	Check: func(e *template.Estate, f *policies.Findings) {
		a, is := about(f, e)
		home := intent.IdentityStack(e, f, "whose roles there are")
		if !is || home == nil {
			return
		}
		for r := range e.All(intent.RoleType) {
			comes(f, a, e, r, home)
			if a.things == nil {
				holds(f, a, resource{Place: access.Place{Resource: r}, e: e, at: r.Stack.Region, anchor: r}, roleUses)
			}
		}
		for _, p := range a.Principals() {
			if !f.Enough() && a.things == nil && a.of(p.Title()) {
				goesBeyond(f, a, p, home)
			}
		}
	},
}

// comes reports who comes to be a role and should not, and who should and cannot.
func comes(f *policies.Findings, a asked, e *template.Estate, r *template.Resource, home *template.Stack) {
	f.Examined(r)
	kind, by := takenUpBy(e, r, home)
	if kind == "" {
		f.Fail(r, "nothing says who may take it up: it is nobody's whom the catalogue knows")
	}
	if f.Enough() || !a.about(r, r.Stack.Region) {
		return
	}
	glass := exemptPrincipals(r.Stack)[1] // who may do everything may pass every role
	of := func(title string) bool { return title != glass && (a.changed(titleOf(r)) || a.changed(title)) }
	found := a.Comers(r, of)
	for _, x := range found {
		switch {
		case slices.Contains(by, x.Title) && x.Action == "assumes":
			if service, _ := strings.CutPrefix(x.Title, "service:"); x.Anyone && !intent.SendsNothing(service, r.Type) {
				f.Fail(r, "%s takes it up for whatever account asks: %s", x.Title, x.Told())
			}
			if x.Allowed != access.Yes {
				f.Fail(r, "whether %s can take it up cannot be told: %s", x.Title, x.Told())
			}
		default:
			f.Fail(r, "%s %s it, which is %s: %s", x.Title, x.Action, intent.OrElse(kind, "nobody's"), x.Told())
		}
	}
	for _, title := range by {
		is := slices.ContainsFunc(found, func(x access.Access) bool { return x.Title == title })
		if !is && of(title) {
			f.Fail(r, "%s cannot take it up, which is %s", title, kind)
		}
	}
}

// goesBeyond reports who goes on to a role that no template holds: but for those who deploy, by CDK's own, nothing would be known of it.
func goesBeyond(f *policies.Findings, a asked, p *access.Principal, home *template.Stack) {
	var to []string
	_, pipeline := intent.PipelineSubjects(home)[p.Name]
	if pipeline || len(intent.JobFunctionOf(p.Role, home).Assumes) > 0 {
		to = intent.BootstrapRoles(home, []string{"deploy", "file-publishing", "lookup"})
	}
	if intent.ServiceOfRole(p.Role) == "dashboard" {
		to = []string{intent.IAMARN(home, "role/livechat-"+home.Environment+"-upload")}
	}
	for _, hop := range a.Beyond(p) {
		if !slices.Contains(to, hop.Role) {
			f.Fail(p.Role, "%s goes on to %s, of which no template tells what it may do", p.Title(), hop.Role)
		}
	}
}
