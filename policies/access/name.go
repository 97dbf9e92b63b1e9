package access

import (
	"strings"

	"livechat.example/cloud/policies/template"
)

// exactly compares without wildcards.
func exactly(pattern, text string) bool { return literal.Replace(pattern) == literal.Replace(text) }

// like compares with the pattern's wildcards.
func like(pattern, text string) bool { return template.Like(pattern, literal.Replace(text)) }

// completed adds "*" for each field that an ARN leaves out at its end, as AWS does in an identity-based policy ("Amazon Resource
// Names (ARNs)" of the IAM User Guide).
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

// meets compares a text of a policy with the ways in which one thing is written, whose parts may be tokens of what AWS assigns at
// the deploy. A name that is not known yet may be any that its form admits.
func (m *Model) meets(pattern string, forms []string, same func(pattern, text string) bool) truth {
	for _, f := range forms {
		if same(pattern, f) {
			return yes
		}
	}
	if inner := tokens(pattern); len(inner) > 0 {
		return m.otherwise(inner, forms)
	}
	for _, f := range forms {
		if inner := tokens(f); len(inner) > 0 && strings.HasPrefix(f, "arn:") && template.Overlap(pattern, m.widened(f, inner)) {
			return maybe
		}
	}
	return no
}

// otherwise judges a text with tokens that means none of the forms as it stands: resources differ, and what a custom resource
// answers may be anything.
func (m *Model) otherwise(inner, forms []string) truth {
	for _, token := range inner {
		for _, f := range forms {
			if strings.Contains(f, token) {
				return no // the same thing, and something else within it
			}
		}
		stack, name, _ := strings.Cut(token[2:len(token)-1], "/")
		id, _, _ := strings.Cut(name, ".")
		r := m.estate.Resource(stack, id)
		if r == nil || strings.HasPrefix(r.Type, "Custom::") || strings.HasPrefix(r.Type, "AWS::CloudFormation::") {
			return maybe
		}
		for _, f := range forms {
			if strings.Contains(f, "${"+r.String()+".") {
				return maybe // an attribute that names it in a way that is not known here
			}
		}
	}
	return no
}

// tokens are those of a text.
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

// widened is a form with what its tokens may stand for. CloudFormation starts a name that is not given with the stack's
// ("Name type" in its user guide), shortened where the service wants it short.
func (m *Model) widened(form string, inner []string) string {
	for _, token := range inner {
		stack, name, _ := strings.Cut(token[2:len(token)-1], "/")
		id, _, _ := strings.Cut(name, ".")
		wide := "*"
		if r := m.estate.Resource(stack, id); r != nil && generated[r.Type] != "" && r.Get(generated[r.Type]).Missing() {
			wide = stack[:min(len(stack), 10)] + "*"
		}
		form = strings.ReplaceAll(form, token, wide)
	}
	return form
}

// generated are types whose names CloudFormation makes up of the stack's where a property does not give one.
var generated = map[string]string{
	"AWS::IAM::Role": "RoleName", "AWS::IAM::User": "UserName", "AWS::IAM::Group": "GroupName", "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
	"AWS::S3::Bucket": "BucketName", "AWS::Lambda::Function": "FunctionName", "AWS::DynamoDB::Table": "TableName", "AWS::SQS::Queue": "QueueName",
	"AWS::SNS::Topic": "TopicName",
}

// textOf is the text of a value, "" if it has none or another after the deploy.
func textOf(v template.Value) string {
	if v.Dynamic() {
		return ""
	}
	return v.Text()
}

// shapes are how the ARNs of types begin after region and account, or, with a colon in front, after the service; what names
// a resource follows: its Ref where there is no more to say.
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
	"AWS::ElastiCache::User":             {"elasticache", "user:", ""},
	"AWS::ElastiCache::ReplicationGroup": {"elasticache", "replicationgroup:", ""},
}

// assignedSuffix stands for what AWS adds to a secret's name in its ARN: a hyphen and six characters.
const assignedSuffix = "-AbCdEf"

// written are the ways in which a resource's ARN may be written.
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
	if !strings.HasPrefix(name, "arn:") {
		forms = append(forms, prefix+shape.kind+name)
	}
	stored, _ := m.forms.LoadOrStore(r, forms)
	return stored.([]string)
}
