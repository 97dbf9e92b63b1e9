package mutation

import (
	"maps"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// Which roles there are: by the end of the name that people and CI know them by, or by who takes them up.

func roleNamed(ends ...string) func(*template.Resource) bool {
	return func(r *template.Resource) bool {
		return slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(r.Get("RoleName").Text(), "-"+end) })
	}
}

func aService(r *template.Resource) bool {
	return !r.Get("AssumeRolePolicyDocument", "Statement", "0", "Principal", "Service").Missing()
}

// tellsItsAccount reports whether the service that a role trusts sends the account that it acts for.
func tellsItsAccount(r *template.Resource) bool {
	return aService(r) && !r.Get("AssumeRolePolicyDocument", "Statement", "0", "Condition").Missing()
}

func admitsEvents(r *template.Resource) bool {
	return hasStatement(r, func(s template.Statement) bool {
		return slices.Contains(s.Principals["Service"], "events.amazonaws.com")
	})
}

// asking has a statement ask for what the service acts for.
func asking(source string) func(map[string]any) {
	return func(s map[string]any) {
		if s["Condition"] == nil {
			s["Condition"] = map[string]any{}
		}
		s["Condition"].(map[string]any)["ArnLike"] = map[string]any{"aws:SourceArn": source}
	}
}

// admitsAService also finds keys and buckets.
func admitsAService(r *template.Resource) bool {
	return slices.ContainsFunc(r.Statements(), func(s template.Statement) bool {
		return s.Effect == "Allow" && len(s.Principals["Service"]) > 0
	})
}

func hasInline(r *template.Resource) bool { return r.Get("Policies").Len() > 0 }

const (
	trust    = "AssumeRolePolicyDocument"
	document = "PolicyDocument"
	inline   = "Policies.0.PolicyDocument.Statement.0"
)

var (
	anyPerson   = roleNamed("reader", "security", "operator", "break-glass")
	anyPipeline = roleNamed("ci-diff", "ci-deploy")
)

// with changes every Allow of a document by setting one key; nil takes the key out.
func with(document, key string, value any) func(map[string]any) map[string]any {
	return eachStatement(document, func(s map[string]any) map[string]any {
		if s["Effect"] != "Allow" {
			return s
		}
		if s[key] = value; value == nil {
			delete(s, key)
		}
		return s
	})
}

// conditions changes the conditions of every statement of a document.
func conditions(document string, change func(c map[string]any)) func(map[string]any) map[string]any {
	return eachStatement(document, func(s map[string]any) map[string]any {
		c, _ := s["Condition"].(map[string]any)
		if c == nil {
			c = map[string]any{}
		}
		change(c)
		s["Condition"] = c
		return s
	})
}

// moved puts what stands under one operator under another.
func moved(from, to string) func(map[string]any) {
	return func(c map[string]any) {
		if x, ok := c[from]; ok {
			delete(c, from)
			c[to] = x
		}
	}
}

func less(key string) func(map[string]any) { return func(c map[string]any) { delete(c, key) } }

// more adds a statement to a document.
func more(document string, statement map[string]any) func(map[string]any) map[string]any {
	return edit(func(properties map[string]any) {
		doc := properties[document].(map[string]any)
		doc["Statement"] = append(doc["Statement"].([]any), statement)
	})
}

// gives adds an inline policy to a role.
func gives(action, resource string) func(map[string]any) map[string]any {
	return edit(func(properties map[string]any) {
		list, _ := properties["Policies"].([]any)
		properties["Policies"] = append(list, map[string]any{"PolicyName": "more", "PolicyDocument": map[string]any{
			"Statement": []any{map[string]any{"Effect": "Allow", "Action": action, "Resource": resource}},
		}})
	})
}

func allow(principal any, action, resource string) map[string]any {
	s := map[string]any{"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
	if principal == nil {
		delete(s, "Principal")
	}
	return s
}

// denied adds an inline policy to a role that refuses it everything.
var denied = edit(func(properties map[string]any) {
	list, _ := properties["Policies"].([]any)
	properties["Policies"] = append(list, map[string]any{"PolicyName": "none", "PolicyDocument": map[string]any{
		"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Deny", "Action": "*", "Resource": "*"}},
	}})
})

// oneRoleLess takes the first of the roles out that a policy lets its own go on to.
func oneRoleLess(properties map[string]any) {
	s := properties[document].(map[string]any)["Statement"].([]any)[0].(map[string]any)
	s["Resource"] = s["Resource"].([]any)[1:]
}

// ofRole returns the policies attached to one of the roles, by the roles' ids.
func ofRole(ids ...string) func(*template.Resource) bool {
	return func(r *template.Resource) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(r.ID, id+"DefaultPolicy") })
	}
}

// denial changes the boundary's statement of that name; returning nil takes it out.
func denial(sid string, change func(s map[string]any) map[string]any) func(map[string]any) map[string]any {
	return eachStatement(document, func(s map[string]any) map[string]any {
		if s["Sid"] == sid {
			return change(s)
		}
		return s
	})
}

func oneLess(s map[string]any) map[string]any {
	s["Action"] = s["Action"].([]any)[1:]
	return s
}

// concedes takes actions out of the boundary's statement of that name.
func concedes(sid string, actions ...any) func(map[string]any) map[string]any {
	return denial(sid, func(s map[string]any) map[string]any {
		s["Action"] = slices.DeleteFunc(s["Action"].([]any), func(a any) bool { return slices.Contains(actions, a) })
		return s
	})
}

func onlyWithoutMFA(s map[string]any) map[string]any {
	s["Condition"] = map[string]any{"BoolIfExists": map[string]any{"aws:MultiFactorAuthPresent": "false"}}
	return s
}

const foreign = "999988887777" // no environment is in it

// Every Deny of the boundary goes the same ways.
func boundaryMutations() []mutation {
	var all []mutation
	for _, sid := range []string{"OtherRegions", "IdentitiesWithoutTheBoundary", "LongLivedIdentities", "TheBoundaryItself", "TheBootstrap", "TheAudit"} {
		for name, change := range map[string]func(map[string]any) map[string]any{
			"lets a condition into ":   onlyWithoutMFA,
			"lets go of everything's ": func(s map[string]any) map[string]any { s["Resource"] = "arn:aws:iam::" + foreign + ":role/x"; return s },
		} {
			all = append(all, mutation{"IAM-12", "AWS::IAM::ManagedPolicy", name + sid, nil, denial(sid, change)})
		}
		if sid != "OtherRegions" && sid != "TheBootstrap" { // these name what they leave
			all = append(all, mutation{"IAM-12", "AWS::IAM::ManagedPolicy", "takes an action out of " + sid, nil, denial(sid, oneLess)})
		}
	}
	slices.SortFunc(all, func(a, b mutation) int { return strings.Compare(a.name, b.name) })
	return all
}

var identityMutations = slices.Concat(boundaryMutations(), roleMutations, grantMutations, peopleMutations, pipelineMutations, countedMutations)

var roleMutations = []mutation{
	{"IAM-01", "AWS::IAM::Role", "carries a looser boundary", nil, set("PermissionsBoundary", "arn:aws:iam::aws:policy/AdministratorAccess")},
	{"CDK-06", "AWS::IAM::Policy", "gives the same to a user made by hand", nil, set("Users", []any{"mallory"})},
	{"CDK-06", "AWS::IAM::ManagedPolicy", "gives the same to a group", nil, set("Groups", []any{"admins"})},

	{"IAM-21", "AWS::IAM::Role", "lasts half a day", ofLambda, set("MaxSessionDuration", 43200)},

	{"IAM-10", "AWS::IAM::Role", "writes an effect that is none", nil, set(trust+".Statement.0.Effect", "allow")},
	{"IAM-10", "AWS::IAM::ManagedPolicy", "gives a name twice", nil, set(document+".Statement.1.Sid", "TheEstatesServices")},
	{"IAM-10", "AWS::S3::BucketPolicy", "names a statement with a space", nil, set(document+".Statement.0.Sid", "no plain HTTP")},
	{"IAM-10", "AWS::KMS::Key", "gives what cannot be resolved", nil, set("KeyPolicy.Statement.0.Principal", map[string]any{"AWS": map[string]any{"Ref": "Nothing"}})},
	{"IAM-10", "AWS::IAM::Role", "trusts in the language of 2008", nil, drop(trust + ".Version")},
	{"IAM-10", "AWS::IAM::Role", "allows in the language of 2008", hasInline, drop("Policies.0." + document + ".Version")},
	{"IAM-10", "AWS::IAM::Policy", "allows in the language of 2008", nil, set(document+".Version", "2008-10-17")},
	{"IAM-10", "AWS::IAM::ManagedPolicy", "bounds in the language of 2008", nil, set(document+".Version", "2008-10-17")},
	{"IAM-10", "AWS::S3::BucketPolicy", "denies in the language of 2008", nil, drop(document + ".Version")},
	{"IAM-10", "AWS::KMS::Key", "admits in the language of 2008", nil, drop("KeyPolicy.Version")},
	{"IAM-11", "AWS::IAM::Role", "trusts more than fits", nil, set(trust+".Statement.0.Sid", strings.Repeat("x", 2048))},
	{"IAM-11", "AWS::IAM::Role", "allows more than fits", hasInline, set(inline+".Sid", strings.Repeat("x", 10240))},
	{"IAM-11", "AWS::IAM::Policy", "allows more than fits", nil, set(document+".Statement.0.Sid", strings.Repeat("x", 10240))},
	{"IAM-11", "AWS::IAM::ManagedPolicy", "bounds by more than fits", nil, set(document+".Statement.0.Sid", strings.Repeat("x", 6144))},
	{"IAM-11", "AWS::S3::BucketPolicy", "denies more than fits", nil, set(document+".Statement.0.Sid", strings.Repeat("x", 20480))},
	{"IAM-11", "AWS::KMS::Key", "allows more than fits", nil, set("KeyPolicy.Statement.0.Sid", strings.Repeat("x", 32768))},

	{"IAM-12", "AWS::IAM::ManagedPolicy", "drops the boundary itself", nil, remove},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "admits a region more", nil, set(document+".Statement.1.Condition.StringNotEquals.aws:RequestedRegion", []any{"us-east-1", "eu-west-1", "eu-north-1"})},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "frees a service of its region", nil, set(document+".Statement.1.NotAction", []any{"iam:*", "s3:*"})},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "admits another service", nil, set(document+".Statement.0.Action", []any{"s3:*", "organizations:*"})},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "forgets a service", nil, edit(func(p map[string]any) {
		s := p[document].(map[string]any)["Statement"].([]any)[0].(map[string]any)
		s["Action"] = s["Action"].([]any)[1:]
	})},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "allows the services on one thing", nil, set(document+".Statement.0.Resource", "arn:aws:s3:::one")},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "allows the services under a condition", nil, set(document+".Statement.0.Condition", map[string]any{"Bool": map[string]any{"aws:ViaAWSService": "true"}})},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "lets people change the trust of a role that has no boundary", nil, concedes("IdentitiesWithoutTheBoundary", "iam:UpdateAssumeRolePolicy")},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "lets people give to a user that has no boundary", nil, concedes("IdentitiesWithoutTheBoundary", "iam:AttachUserPolicy", "iam:PutUserPolicy")},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "lets people give to a group", nil, concedes("LongLivedIdentities", "iam:AddUserToGroup", "iam:AttachGroupPolicy", "iam:PutGroupPolicy")},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "lets people wake an access key", nil, concedes("LongLivedIdentities", "iam:UpdateAccessKey")},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "lets people change a policy that others have", nil, concedes("LongLivedIdentities", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "lets people change the detector", nil, concedes("TheAudit", "guardduty:UpdateDetector")},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "lets people narrow the trail", nil, concedes("TheAudit", "cloudtrail:UpdateTrail")},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "lets people delete a log", nil, concedes("TheAudit", "logs:DeleteLogGroup", "logs:DeleteLogStream")},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "lets people change the bootstrap's policies", nil, denial("TheBootstrap", func(s map[string]any) map[string]any {
		s["Resource"] = "arn:aws:iam::111122223333:role/cdk-*"
		return s
	})},
	{"IAM-12", "AWS::IAM::ManagedPolicy", "denies a service too", nil, more(document, map[string]any{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"})},
	{"CDK-06", "AWS::IAM::ManagedPolicy", "is attached from its own side", nil, edit(func(p map[string]any) { p["Roles"] = []any{map[string]any{"Ref": "Reader" + "F7BF189D"}} })},
}

var grantMutations = []mutation{
	{"IAM-03", "AWS::IAM::Role", "allows everything", hasInline, set(inline+".Action", "*")},
	{"IAM-03", "AWS::IAM::Role", "allows a whole service", hasInline, set(inline+".Action", []any{"s3:*"})},
	{"IAM-03", "AWS::IAM::Role", "allows all that writes", hasInline, set(inline+".Action", "s3:Put*")},
	{"IAM-03", "AWS::KMS::Key", "gives all of the key", nil, set("KeyPolicy.Statement.0.Action", "kms:*")},
	{"IAM-03", "AWS::IAM::Policy", "allows everything", nil, set(document+".Statement.0.Action", "*")},
	{"IAM-03", "AWS::S3::BucketPolicy", "admits the account to everything", nil, more(document, allow(map[string]any{"AWS": foreign}, "s3:*", "*"))},
	{"IAM-04", "AWS::IAM::Role", "allows all but", hasInline, edit(func(p map[string]any) {
		s := p["Policies"].([]any)[0].(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any)[0].(map[string]any)
		s["NotAction"] = s["Action"]
		delete(s, "Action")
	})},
	{"IAM-04", "AWS::IAM::Policy", "allows on all but", nil, edit(func(p map[string]any) {
		s := p[document].(map[string]any)["Statement"].([]any)[0].(map[string]any)
		s["NotResource"] = s["Resource"]
		delete(s, "Resource")
	})},
	{"IAM-04", "AWS::S3::BucketPolicy", "admits all but", nil, more(document, map[string]any{"Effect": "Allow", "NotPrincipal": map[string]any{"AWS": foreign}, "Action": "s3:GetObject", "Resource": "*"})},
	{"IAM-05", "AWS::IAM::Role", "trusts every principal", nil, with(trust, "Principal", "*")},
	{"IAM-05", "AWS::IAM::Role", "trusts every principal in AWS", nil, with(trust, "Principal", map[string]any{"AWS": "*"})},
	{"IAM-05", "AWS::KMS::Key", "admits every principal", nil, with("KeyPolicy", "Principal", map[string]any{"AWS": "*"})},
	{"IAM-05", "AWS::S3::BucketPolicy", "admits every principal", nil, more(document, allow("*", "s3:GetObject", "*"))},
	{"IAM-06", "AWS::IAM::Role", "trusts another account", nil, with(trust, "Principal", map[string]any{"AWS": "arn:aws:iam::" + foreign + ":root"})},
	{"IAM-06", "AWS::KMS::Key", "admits another account", nil, with("KeyPolicy", "Principal", map[string]any{"AWS": foreign})},
	{"IAM-06", "AWS::S3::BucketPolicy", "admits another account", nil, more(document, allow(map[string]any{"AWS": foreign}, "s3:GetObject", "*"))},
	{"IAM-06", "AWS::IAM::Role", "writes to a foreign bucket", hasInline, gives("s3:PutObject", "arn:aws:s3:::foreign-bucket/*")},
	{"IAM-06", "AWS::IAM::Role", "sends to another account", hasInline, gives("sqs:SendMessage", "arn:aws:sqs:eu-west-1:"+foreign+":queue")},
	{"IAM-07", "AWS::IAM::Role", "may do it to anything", hasInline, set(inline+".Resource", "*")},
	{"IAM-07", "AWS::IAM::Role", "names no resource", hasInline, edit(func(p map[string]any) {
		delete(p["Policies"].([]any)[0].(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any)[0].(map[string]any), "Resource")
	})},
	{"IAM-07", "AWS::IAM::Role", "uses any key", hasInline, gives("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/*")},
	{"IAM-07", "AWS::IAM::Policy", "may do it to anything", nil, set(document+".Statement.0.Resource", "*")},
	{"IAM-08", "AWS::IAM::Policy", "assumes any role", nil, set(document+".Statement.0.Resource", "*")},
	{"IAM-08", "AWS::IAM::Policy", "passes its roles to any service", nil, set(document+".Statement.0.Action", "iam:PassRole")},
	{"IAM-08", "AWS::IAM::Role", "takes up roles by pattern", hasInline, gives("sts:AssumeRole", "arn:aws:iam::111122223333:role/cdk-*")},
	{"IAM-09", "AWS::IAM::Role", "lets the service act for anybody", tellsItsAccount, with(trust, "Condition", nil)},
	{"IAM-09", "AWS::IAM::Role", "is met where the account is not said", tellsItsAccount, conditions(trust, func(c map[string]any) {
		maps.DeleteFunc(c, func(operator string, _ any) bool { return operator != "StringEquals" })
		moved("StringEquals", "StringEqualsIfExists")(c)
	})},
	{"IAM-09", "AWS::KMS::Key", "lets services act for anybody", admitsAService, with("KeyPolicy", "Condition", nil)},
	{"IAM-09", "AWS::KMS::Key", "asks EventBridge for its account", admitsEvents, forServices(func(s map[string]any) {
		if s["Principal"].(map[string]any)["Service"] == "events.amazonaws.com" {
			s["Condition"].(map[string]any)["StringEquals"] = map[string]any{"aws:SourceAccount": "333344445555"}
		}
	})},
	{"IAM-09", "AWS::Lambda::Permission", "asks EventBridge for its account", calledBy("events"), set("SourceAccount", "333344445555")},
	{"IAM-09", "AWS::IAM::Role", "asks S3 for what it copies", copies, trusting(asking("arn:aws:s3:::livechat-prod-333344445555-eu-west-1-knowledge"))},
	{"IAM-09", "AWS::IAM::Role", "asks GuardDuty for its plan", scans,
		trusting(asking("arn:aws:guardduty:eu-west-1:333344445555:malware-protection-plan/*"))},
	{"IAM-09", "AWS::IAM::Role", "asks Lambda for the function", ofLambda,
		trusting(asking("arn:aws:lambda:eu-west-1:333344445555:function:prod-eu-west-1-vpctask"))},
	{"IAM-09", "AWS::IAM::Role", "admits a service that is not known", aService, trusting(func(s map[string]any) {
		s["Principal"] = map[string]any{"Service": "glue.amazonaws.com"}
	})},
	{"IAM-09", "AWS::S3::BucketPolicy", "lets services act for anybody", admitsAService, with(document, "Condition", nil)},
}
