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
// unknown to the model.
var accessTypes = slices.Concat(intent.GrantTypes, []string{
	"AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy", "AWS::IAM::UserToGroupAddition", "AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider",
	"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::S3::AccessPoint", "AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias",
	"AWS::SecretsManager::Secret", "AWS::SecretsManager::ResourcePolicy", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable",
	intent.ClusterType, "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::User", "AWS::RAM::ResourceShare",
	intent.FunctionType, intent.FlowLogType, "AWS::GuardDuty::MalwareProtectionPlan", intent.EndpointType, intent.TablePolicyType,
})

// identityTypes are a role and its policies: their change is one only of the principals that have them.
var identityTypes = []string{intent.RoleType, "AWS::IAM::Policy", "AWS::IAM::RolePolicy"}

// accessReading is who can do what, the same for all policies of one judgement.
type accessReading struct {
	model *access.Model
	scope scope
	err   error // why there is no model
}

// readAccess returns the model of a judgement, with what a change may have made different; false if it cannot be read, which is reported.
func readAccess(f *policies.Findings, e *template.Estate) (accessModel, bool) {
	read := policies.Shared(f, func() accessReading {
		model, err := access.Read(e)
		return accessReading{model, scopeOf(e, f.Changed()), err}
	})
	if read.err != nil {
		unknown, _ := read.err.(access.Unknowns)
		for _, u := range unknown {
			f.Fail(u.Resource, "access cannot be judged: %s", u.Why)
		}
		return accessModel{}, false
	}
	a := accessModel{Model: read.model, scope: read.scope}
	a.changed = func(title string) bool { return a.titles == nil || a.titles[title] }
	always := exemptPrincipals(e.Stacks()[0])
	a.of = func(title string) bool { return a.changed(title) && !slices.Contains(always, title) }
	return a, true
}

// scope is what a change may have made different: the answers for some principals about all resources, or for all principals about
// some resources and those of some regions. What is nil is all.
type scope struct {
	titles    map[string]bool // of principals
	resources map[string]bool // by stack/LogicalId
	regions   map[string]bool
}

// mayDiffer reports whether there may be another answer about a resource.
func (s scope) mayDiffer(r *template.Resource, region string) bool {
	return s.resources == nil || s.resources[r.String()] || s.regions[region]
}

func scopeOf(e *template.Estate, change *policies.Change) scope {
	if change == nil {
		return scope{}
	}
	s := scope{resources: map[string]bool{}, regions: map[string]bool{}}
	if is := change.Is; len(is) == 1 && answersTheSame(change.Was, is[0]) {
		return s
	}
	changed := append(slices.Clone(change.Is), change.Was)
	if titles := changedPrincipals(e, changed); titles != nil {
		return scope{titles: titles}
	}
	for _, r := range changed {
		if !s.affects(e, r) {
			return scope{}
		}
	}
	return s
}

// answering are the properties of a type that an answer may depend on; all of a type that is not here.
var answering = map[string][]string{
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

// answersTheSame reports whether nothing of a resource has changed that an answer may depend on.
func answersTheSame(was, is *template.Resource) bool {
	properties, known := answering[was.Type]
	if !known || was.Type != is.Type || was.String() != is.String() {
		return false
	}
	then, now := template.Of(was.Raw()["Properties"]), template.Of(is.Raw()["Properties"])
	return !slices.ContainsFunc(properties, func(p string) bool { return then.Get(p).String() != now.Get(p).String() })
}

// attachedBy are the properties by which a policy names the resource that it is attached to.
var attachedBy = map[string]string{"AWS::S3::BucketPolicy": "Bucket", "AWS::SecretsManager::ResourcePolicy": "SecretId"}

// affects notes which answers depend on a resource that changed, as it is now and was; false if that may be all.
func (s scope) affects(e *template.Estate, r *template.Resource) bool {
	s.resources[r.String()] = true
	now := e.Resource(r.Stack.Name, r.ID)
	switch {
	case strings.HasPrefix(r.Type, "AWS::IAM::") || r.Type == "AWS::GuardDuty::MalwareProtectionPlan":
		return false
	case r.Type == "AWS::S3::Bucket":
		// It names the replication role, and a policy may name it.
		return r.Get("ReplicationConfiguration").Missing() && now != nil && now.Get("BucketName").Is(r.Get("BucketName").Text())
	case r.Type == "AWS::KMS::Key":
		s.encrypted(e, r)
	case r.Type == "AWS::KMS::Alias":
		key := e.Find(r.Get("TargetKeyId"), "AWS::KMS::Key")
		if key == nil {
			s.regions[r.Stack.Region] = true
			break
		}
		s.resources[key.String()] = true
		s.encrypted(e, key)
	case attachedBy[r.Type] != "":
		on := e.Find(r.Get(attachedBy[r.Type]))
		if on == nil {
			s.regions[r.Stack.Region] = true
			break
		}
		s.resources[on.String()] = true
	case r.Type == intent.TablePolicyType: // of a replica in any region
		for t := range e.All("AWS::DynamoDB::GlobalTable") {
			s.resources[t.String()] = true
		}
	case r.Type == intent.EndpointType:
		for b := range e.All("AWS::S3::Bucket") {
			s.resources[b.String()] = s.resources[b.String()] || b.Stack.Region == r.Stack.Region && knowledgeBucket(b)
		}
	case r.Type == intent.FunctionType && slices.ContainsFunc(namedFunctions, func(name string) bool { return strings.HasSuffix(r.Get("FunctionName").Text(), "-"+name) }):
		return false // a permission names its role
	case r.Type == intent.FunctionType || r.Type == intent.FlowLogType:
		for _, bearer := range roleBearers {
			if role := e.Find(r.Get(bearer.path...), intent.RoleType); role != nil && bearer.typ == r.Type {
				s.resources[role.String()] = true
			}
		}
	case r.Type == "AWS::SecretsManager::Secret":
		return now != nil && now.Get("Name").Is(r.Get("Name").Text()) // by which policies name it
	case r.Type == intent.ClusterType || strings.HasPrefix(r.Type, "AWS::ElastiCache::"):
	default:
		s.regions[r.Stack.Region] = true
	}
	return true
}

// encrypted notes what a key encrypts, and what names its key by an alias, since that may be the key's.
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
			s.resources[t.String()] = true
		}
	}
}

// changedPrincipals returns the principals whose own policies changed. It is nil if something else changed, or if a principal is new,
// gone or renamed, since any policy may name it.
func changedPrincipals(e *template.Estate, changed []*template.Resource) map[string]bool {
	titles := map[string]bool{}
	for _, r := range changed {
		if !slices.Contains(identityTypes, r.Type) {
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
