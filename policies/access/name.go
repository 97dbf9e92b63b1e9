package access

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// exactly compares without wildcards.
func exactly(pattern, text string) bool { return literal.Replace(pattern) == literal.Replace(text) }

// like compares with the pattern's wildcards.
func like(pattern, text string) bool { return template.Like(pattern, literal.Replace(text)) }

// completed adds "*" for each field that an ARN leaves out at its end, as AWS does in an identity-based policy ("Amazon
// Resource Names (ARNs)" of the IAM User Guide).
func completed(patterns []string) []string {
	var all []string
	for _, p := range patterns {
		if fields := strings.Count(loosened(p), ":") + 1; strings.HasPrefix(p, "arn:") && fields < 6 {
			p += strings.Repeat(":*", 6-fields)
		}
		all = append(all, p)
	}
	return all
}

// meets compares a text of a policy with the ways in which one thing is written, nil where it is in no template. Parts
// of both may be tokens of what AWS assigns at the deploy: a name that is not known yet may be any that its form
// admits.
func (m *Model) meets(pattern string, of *template.Resource, forms []string, same func(pattern, text string) bool) truth {
	for _, f := range forms {
		if same(pattern, f) {
			return yes
		}
	}
	inner := tokens(pattern)
	if len(inner) > 0 {
		if other := m.meant(pattern, inner); of != nil && other != nil && other != of {
			return no
		}
		pattern = m.spelled(pattern, inner)
		inner = tokens(pattern)
	}
	known := slices.ContainsFunc(forms, func(f string) bool { return len(tokens(f)) == 0 })
	for _, f := range forms {
		own := tokens(f)
		switch {
		case len(inner)+len(own) == 0 && !strings.HasSuffix(f, assignedSuffix):
		case len(own) > 0 && known || !strings.HasPrefix(f, "arn:") && len(forms) > 1: // another way to write the same
		case template.Overlap(m.widened(pattern, inner, f), m.widened(f, own, pattern)):
			return maybe
		}
	}
	return no
}

// resourceOf returns what a token is of, and its attribute.
func (m *Model) resourceOf(token string) (r *template.Resource, attribute string) {
	stack, name, _ := strings.Cut(token[2:len(token)-1], "/")
	id, attribute, _ := strings.Cut(name, ".")
	return m.estate.Resource(stack, id), attribute
}

// meant returns the resource that a text with tokens names, or goes on from to something within it; nil if that is not
// known.
func (m *Model) meant(text string, inner []string) *template.Resource {
	for _, token := range inner {
		r, _ := m.resourceOf(token)
		if r == nil {
			continue
		}
		for _, f := range m.written(r) {
			if rest, is := strings.CutPrefix(text, f); is && (rest == "" || rest[0] == '/' || rest[0] == ':') && m.names(f) {
				return r
			}
		}
	}
	return nil
}

// names reports whether each token of a text is a name of its resource, and not an attribute that may be anything.
func (m *Model) names(text string) bool {
	for _, token := range tokens(text) {
		r, attribute := m.resourceOf(token)
		if r == nil {
			return false
		}
		_, known := shapes[r.Type]
		if !r.IsNamedBy(attribute) && !(known && attribute == "Ref") && ids[r.Type] != attribute {
			return false
		}
	}
	return true
}

// ids are attributes that name a resource where its ARN and what Ref gives do not.
var ids = map[string]string{"AWS::RDS::DBCluster": "DBClusterResourceId", "AWS::RDS::DBInstance": "DbiResourceId"}

// rivals reports whether a text has the name of another resource of a token's type: two resources have two names.
func (m *Model) rivals(token, text string) bool {
	r, attribute := m.resourceOf(token)
	return r != nil && m.names(token) && slices.ContainsFunc(tokens(text), func(t string) bool {
		other, of := m.resourceOf(t)
		return other != nil && other != r && other.Type == r.Type && of == attribute
	})
}

// spelled returns a text with the ARNs of resources in the place of the tokens that stand for them.
func (m *Model) spelled(text string, inner []string) string {
	for _, token := range inner {
		if r, _ := m.resourceOf(token); r != nil && m.names(token) {
			if forms := m.written(r); slices.Contains(forms, token) {
				text = strings.ReplaceAll(text, token, forms[len(forms)-1])
			}
		}
	}
	return text
}

// tokens returns those of a text.
func tokens(text string) []string {
	var all []string
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			return all
		}
		end := strings.IndexByte(text[i:], '}')
		if end < 0 {
			return all
		}
		if isToken(text[i+2 : i+end]) {
			all = append(all, text[i:i+end+1])
		}
		text = text[i+end+1:]
	}
}

// widened returns a text with what may stand for its tokens, but those that another has too. CloudFormation starts a
// name that is not given with the stack's ("Name type" in its user guide), shortened where the service wants it short.
func (m *Model) widened(text string, inner []string, other string) string {
	for _, token := range inner {
		if strings.Contains(other, token) || m.rivals(token, other) {
			continue
		}
		wide := "*"
		r, attribute := m.resourceOf(token)
		if r != nil && attribute == "Ref" && generated[r.Type] != "" && r.Get(generated[r.Type]).Missing() {
			wide = r.Stack.Name[:min(len(r.Stack.Name), 10)] + "*"
		}
		text = strings.ReplaceAll(text, token, wide)
	}
	if name, is := strings.CutSuffix(text, assignedSuffix); is {
		text = name + "-??????"
	}
	return text
}

// generated are types whose names CloudFormation makes up of the stack's where a property does not give one.
var generated = map[string]string{
	"AWS::IAM::Role": "RoleName", "AWS::IAM::User": "UserName", "AWS::IAM::Group": "GroupName", "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
	"AWS::S3::Bucket": "BucketName", "AWS::Lambda::Function": "FunctionName", "AWS::DynamoDB::Table": "TableName", "AWS::SQS::Queue": "QueueName",
	"AWS::SNS::Topic": "TopicName",
}

// textOf returns the text of a value, "" if it has none or another after the deploy.
func textOf(v template.Value) string {
	if v.Dynamic() {
		return ""
	}
	return v.Text()
}

// shapes are how the ARNs of types begin after region and account, or, with a colon in front, after the service; what
// names a resource follows: its Ref where there is no more to say.
var shapes = map[string]struct{ service, kind, name string }{
	"AWS::S3::Bucket":                    {"s3", "::", ""},
	"AWS::KMS::Key":                      {"kms", "key/", ""},
	"AWS::KMS::ReplicaKey":               {"kms", "key/", ""},
	"AWS::SecretsManager::Secret":        {"secretsmanager", "secret:", "Name"},
	"AWS::IAM::Role":                     {"iam", "role", ""},
	"AWS::IAM::User":                     {"iam", "user", ""},
	"AWS::DynamoDB::Table":               {"dynamodb", "table/", ""},
	"AWS::DynamoDB::GlobalTable":         {"dynamodb", "table/", ""},
	"AWS::Lambda::Function":              {"lambda", "function:", ""},
	"AWS::SQS::Queue":                    {"sqs", "", "QueueName"},
	"AWS::SNS::Topic":                    {"sns", "", "TopicName"},
	"AWS::ECR::Repository":               {"ecr", "repository/", ""},
	"AWS::Logs::LogGroup":                {"logs", "log-group:", ""},
	"AWS::RDS::DBCluster":                {"rds", "cluster:", ""},
	"AWS::Backup::BackupVault":           {"backup", "backup-vault:", ""},
	"AWS::ElastiCache::User":             {"elasticache", "user:", "UserId"},
	"AWS::ElastiCache::ReplicationGroup": {"elasticache", "replicationgroup:", "ReplicationGroupId"},
}

// assignedSuffix stands for what AWS adds to a secret's name in its ARN: a hyphen and six characters.
const assignedSuffix = "-AbCdEf"

// written returns the ways in which a resource's ARN may be written.
func (m *Model) written(r *template.Resource) []string {
	if known, ok := m.forms.Load(r); ok {
		return known.([]string)
	}
	var forms []string
	for _, name := range []string{"Arn", ""} {
		if text := r.Attribute(name); strings.HasPrefix(text, "arn:") || strings.HasPrefix(text, "${") {
			forms = append(forms, text)
		}
	}
	shape, known := shapes[r.Type]
	if !known {
		shape.service, shape.kind = "*", "*"
	}
	name := r.Attribute("")
	ref := name
	if given := textOf(r.Get(shape.name)); shape.name != "" && given != "" {
		name = given
	}
	if r.Type == "AWS::SecretsManager::Secret" {
		name += assignedSuffix
	}
	s := r.Stack
	prefix := "arn:" + s.Partition() + ":" + shape.service + ":" + s.Region + ":" + s.Account + ":"
	switch {
	case shape.service == "iam":
		path := r.Get("Path").Text()
		if path == "" {
			path = "/"
		}
		prefix, shape.kind = "arn:"+s.Partition()+":iam::"+s.Account+":", shape.kind+path
	case shape.kind == "::":
		prefix, shape.kind = "arn:"+s.Partition()+":s3:::", ""
	}
	if shape.service == "elasticache" { // by what Ref gives, too, and in lower case
		forms, name = append(forms, prefix+shape.kind+ref), strings.ToLower(name)
	}
	if form := prefix + shape.kind + name; !strings.HasPrefix(name, "arn:") && !slices.Contains(forms, form) {
		forms = append(forms, form)
	}
	stored, _ := m.forms.LoadOrStore(r, forms)
	return stored.([]string)
}
