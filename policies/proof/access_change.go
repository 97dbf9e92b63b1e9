package proof

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/access"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// accessTypes are what an answer may depend on: identities, what is asked about, the policies on it, and what gives access in a way
// that the model does not know.
var accessTypes = slices.Concat(intent.GrantTypes, []string{
	"AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy", "AWS::IAM::UserToGroupAddition", "AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider",
	"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::S3::AccessPoint", "AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias",
	"AWS::SecretsManager::Secret", "AWS::SecretsManager::ResourcePolicy", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable",
	intent.ClusterType, "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::User", "AWS::RAM::ResourceShare",
	intent.FunctionType, intent.FlowLogType, "AWS::GuardDuty::MalwareProtectionPlan", intent.EndpointType,
})

// personal are the types of a role or policy whose change is one of those principals alone that have it.
var personal = []string{intent.RoleType, "AWS::IAM::Policy", "AWS::IAM::RolePolicy"}

// accessReading is who can do what, the same for all policies of one judgement.
type accessReading struct {
	model *access.Model
	scope scope
	err   error // why there is no model
}

// about is the model of a judgement, with what a change can have made different; false if it cannot be read, which is reported.
func about(f *policies.Findings, e *template.Estate) (asked, bool) {
	for _, s := range e.Stacks() {
		f.ExaminedStack(s)
	}
	read := policies.Shared(f, func() accessReading {
		model, err := access.Read(e)
		return accessReading{model, scopeOf(e, f.Changed()), err}
	})
	if read.err != nil {
		if unknown, is := read.err.(access.Unknowns); is {
			for _, u := range unknown {
				f.Fail(u.Resource, "who can do what cannot be judged: %s", u.Why)
			}
		}
		return asked{}, false
	}
	a := asked{Model: read.model, scope: read.scope}
	a.changed = func(title string) bool { return a.titles == nil || a.titles[title] }
	always := exemptPrincipals(e.Stacks()[0])
	a.of = func(title string) bool { return a.changed(title) && !slices.Contains(always, title) }
	return a, true
}

// scope is what a change can have made different: the answers for some principals, by title, about all things, or for everybody about
// some things and those of some regions. What is nil is all.
type scope struct {
	titles  map[string]bool
	things  map[string]bool // by stack/LogicalId
	regions map[string]bool
}

// about says that there can be another answer about a thing.
func (s scope) about(r *template.Resource, region string) bool {
	return s.things == nil || s.things[r.String()] || s.regions[region]
}

func scopeOf(e *template.Estate, change *policies.Change) scope {
	if change == nil {
		return scope{}
	}
	s := scope{things: map[string]bool{}, regions: map[string]bool{}}
	if is := change.Is; len(is) == 1 && tellsTheSame(change.Was, is[0]) {
		return s
	}
	changed := append(slices.Clone(change.Is), change.Was)
	if titles := persons(e, changed); titles != nil {
		return scope{titles: titles}
	}
	for _, r := range changed {
		if !s.affects(e, r) {
			return scope{}
		}
	}
	return s
}

// telling are the properties of a type that an answer may depend on; of a type that is not here, all.
var telling = map[string][]string{
	intent.RoleType:                         {"AssumeRolePolicyDocument", "ManagedPolicyArns", "Path", "PermissionsBoundary", "Policies", "RoleName", "Tags"},
	"AWS::S3::Bucket":                       {"AccessControl", "BucketEncryption", "BucketName", "ReplicationConfiguration", "Tags"},
	"AWS::KMS::Key":                         {"KeyPolicy", "Tags"},
	"AWS::SecretsManager::Secret":           {"KmsKeyId", "Name", "ReplicaRegions", "Tags"},
	"AWS::DynamoDB::GlobalTable":            {"Replicas", "SSESpecification", "TableName", "Tags"},
	intent.ClusterType:                      {},
	"AWS::ElastiCache::ReplicationGroup":    {"ReplicationGroupId"},
	"AWS::ElastiCache::User":                {"UserId"},
	intent.FunctionType:                     {"FunctionName", "Role"},
	intent.FlowLogType:                      {"DeliverLogsPermissionArn"},
	"AWS::GuardDuty::MalwareProtectionPlan": {"Role"},
	intent.EndpointType:                     {"PolicyDocument", "ServiceName", "VpcEndpointType"},
}

// tellsTheSame says that nothing has changed of a resource that an answer may depend on.
func tellsTheSame(was, is *template.Resource) bool {
	properties, known := telling[was.Type]
	if !known || was.Type != is.Type || was.String() != is.String() {
		return false
	}
	then, now := template.Of(was.Raw()["Properties"]), template.Of(is.Raw()["Properties"])
	return !slices.ContainsFunc(properties, func(p string) bool { return then.Get(p).String() != now.Get(p).String() })
}

// liesOn are the properties by which a policy names what it lies on.
var liesOn = map[string]string{"AWS::S3::BucketPolicy": "Bucket", "AWS::SecretsManager::ResourcePolicy": "SecretId"}

// affects notes whose answers a resource that changed has a part in, as it is now or was; false if that may be all.
func (s scope) affects(e *template.Estate, r *template.Resource) bool {
	s.things[r.String()] = true
	now := e.Resource(r.Stack.Name, r.ID)
	switch {
	case strings.HasPrefix(r.Type, "AWS::IAM::") || r.Type == "AWS::GuardDuty::MalwareProtectionPlan":
		return false
	case r.Type == "AWS::S3::Bucket":
		// The copier is told by it, and a policy may name it.
		return r.Get("ReplicationConfiguration").Missing() && now != nil && now.Get("BucketName").Is(r.Get("BucketName").Text())
	case r.Type == "AWS::KMS::Key":
		s.encrypted(e, r)
	case r.Type == "AWS::KMS::Alias":
		key := e.Find(r.Get("TargetKeyId"), "AWS::KMS::Key")
		if key == nil {
			s.regions[r.Stack.Region] = true
			break
		}
		s.things[key.String()] = true
		s.encrypted(e, key)
	case liesOn[r.Type] != "":
		on := e.Find(r.Get(liesOn[r.Type]))
		if on == nil {
			s.regions[r.Stack.Region] = true
			break
		}
		s.things[on.String()] = true
	case r.Type == intent.EndpointType:
		for b := range e.All("AWS::S3::Bucket") {
			s.things[b.String()] = s.things[b.String()] || b.Stack.Region == r.Stack.Region && knowledgeBucket(b)
		}
	case r.Type == intent.FunctionType && slices.ContainsFunc(namedFunctions, func(name string) bool { return strings.HasSuffix(r.Get("FunctionName").Text(), "-"+name) }):
		return false // a sentence is about its role
	case r.Type == intent.FunctionType || r.Type == intent.FlowLogType:
		for _, worker := range workers {
			if role := e.Find(r.Get(worker.path...), intent.RoleType); role != nil && worker.typ == r.Type {
				s.things[role.String()] = true
			}
		}
	case r.Type == "AWS::SecretsManager::Secret":
		return now != nil && now.Get("Name").Is(r.Get("Name").Text()) // by which policies speak of it
	case r.Type == intent.ClusterType || strings.HasPrefix(r.Type, "AWS::ElastiCache::"):
	default:
		s.regions[r.Stack.Region] = true
	}
	return true
}

// encrypted notes what a key encrypts, and what names its key by an alias, which may be that key's.
func (s scope) encrypted(e *template.Estate, key *template.Resource) {
	for t := range e.All("AWS::S3::Bucket", "AWS::SecretsManager::Secret") {
		names := []template.Value{t.Get("KmsKeyId"), t.Get("BucketEncryption", "ServerSideEncryptionConfiguration", "0", "ServerSideEncryptionByDefault", "KMSMasterKeyID")}
		for _, copied := range t.Get("ReplicaRegions").List() {
			names = append(names, copied.Get("KmsKeyId"))
		}
		if slices.ContainsFunc(names, func(v template.Value) bool {
			found := e.Find(v, "AWS::KMS::Key")
			return found != nil && found.String() == key.String() || strings.Contains(v.Text(), "alias/")
		}) {
			s.things[t.String()] = true
		}
	}
}

// persons are the principals whose own policies changed, if nothing else did: nil if something else did, or somebody is new, gone or
// has another name, whom any policy may speak of.
func persons(e *template.Estate, changed []*template.Resource) map[string]bool {
	titles := map[string]bool{}
	for _, r := range changed {
		if !slices.Contains(personal, r.Type) {
			return nil
		}
		switch now := e.Resource(r.Stack.Name, r.ID); {
		case r.Type == intent.RoleType && (now == nil || now.Type != intent.RoleType || titleOf(now) != titleOf(r) || now.Get("Path").Text() != r.Get("Path").Text()):
			return nil
		case r.Type == intent.RoleType:
			titles[titleOf(r)] = true
		}
		holders := append(slices.Clone(r.Get("Roles").List()), r.Get("RoleName"))
		for _, v := range holders {
			if role := e.Find(v, intent.RoleType); role != nil {
				titles[titleOf(role)] = true
			}
		}
		if r.Type != intent.RoleType && r.Get("Roles").HasUnknown() {
			return nil
		}
	}
	return titles
}
