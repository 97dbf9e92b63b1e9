package access

import (
	"fmt"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// kinds are the words for types, and the property that names one.
var kinds = map[string]struct {
	types []string
	name  string
}{
	"bucket":     {[]string{"AWS::S3::Bucket"}, "BucketName"},
	"key":        {[]string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey"}, ""},
	"secret":     {[]string{"AWS::SecretsManager::Secret"}, "Name"},
	"role":       {[]string{"AWS::IAM::Role"}, "RoleName"},
	"user":       {[]string{"AWS::IAM::User"}, "UserName"},
	"table":      {[]string{"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"}, "TableName"},
	"queue":      {[]string{"AWS::SQS::Queue"}, "QueueName"},
	"topic":      {[]string{"AWS::SNS::Topic"}, "TopicName"},
	"function":   {[]string{"AWS::Lambda::Function"}, "FunctionName"},
	"repository": {[]string{"AWS::ECR::Repository"}, "RepositoryName"},
	"log-group":  {[]string{"AWS::Logs::LogGroup"}, "LogGroupName"},
	"vault":      {[]string{"AWS::Backup::BackupVault"}, "BackupVaultName"},
	"cluster":    {[]string{"AWS::RDS::DBCluster"}, "DBClusterIdentifier"},
	"cache":      {[]string{"AWS::ElastiCache::ReplicationGroup"}, "ReplicationGroupId"},
	"cache-user": {[]string{"AWS::ElastiCache::User"}, "UserId"},
}

// Find returns what a name means, in one region or, if that is "", in all: an ARN, stack/LogicalId, or a kind and a
// name such as bucket:spa, key:logs (by its alias), secret:NAME, role:NAME, table:NAME; the beginning of a name up to a
// "-" or "/" may be left out. A name alone is a bucket, and what follows a slash lies in it: knowledge/acme is what
// partner acme has there, in each class of retention. The error says that there is nothing of that name.
func (m *Model) Find(name, region string) ([]string, error) {
	if name == "*" || strings.HasPrefix(name, "arn:") || strings.HasPrefix(name, "${") {
		return []string{name}, nil
	}
	if c, _ := m.locate(name); c.r != nil && strings.Contains(name, "/") {
		if region != "" && c.region != region {
			return nil, fmt.Errorf("%s is in %s", name, c.region)
		}
		return []string{name}, nil
	}
	word, rest, has := strings.Cut(name, ":")
	if !has {
		word, rest = "bucket", name
	}
	if word == "database-user" {
		return m.databaseUsers(rest, region)
	}
	kind, known := kinds[word]
	if !known {
		return nil, fmt.Errorf("%q is no kind of resource: bucket, key, secret, role, table, queue, topic, function, repository, log-group, vault, cluster, database-user, cache or cache-user", word)
	}
	called, within := rest, ""
	if word == "bucket" {
		called, within, _ = strings.Cut(rest, "/")
	}
	var found []string
	for r := range m.estate.All(kind.types...) {
		switch {
		case !m.isCalled(r, kind.name, called):
		case region == "" || r.Stack.Region == region:
			found = append(found, inside(r, within)...)
		default:
			found = append(found, m.copiesIn(r, region)...)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("there is no %s %q%s", word, called, inRegion(region))
	}
	return found, nil
}

// databaseUsers returns the ARNs of a user of each cluster ("Creating and using an IAM policy for IAM database access").
func (m *Model) databaseUsers(name, region string) (arns []string, err error) {
	for c := range m.estate.All("AWS::RDS::DBCluster") {
		if s := c.Stack; name != "" && (region == "" || s.Region == region) {
			arns = append(arns, "arn:"+s.Partition()+":rds-db:"+s.Region+":"+s.Account+":dbuser:"+c.Attribute("DBClusterResourceId")+"/"+name)
		}
	}
	if len(arns) == 0 {
		return nil, fmt.Errorf("there is no cluster of databases for user %q%s", name, inRegion(region))
	}
	return arns, nil
}

func inRegion(region string) string {
	if region == "" {
		return ""
	}
	return " in " + region
}

// isCalled reports whether a resource is called so: in full, by the end of its name, by its logical id, or as its
// stack's author says.
func (m *Model) isCalled(r *template.Resource, property, called string) bool {
	names := m.aliases[r]
	if property != "" {
		names = []string{r.Get(property).Text()}
	}
	for _, n := range names {
		n = strings.TrimPrefix(n, "alias/")
		if n == called || strings.HasSuffix(n, "-"+called) || strings.HasSuffix(n, "/"+called) || r.Stack.Intent().Get("buckets", called).Is(n) {
			return called != ""
		}
	}
	return r.ID == called
}

// inside returns names of what lies in a bucket under a prefix: of a partner's, one in each class of retention.
func inside(r *template.Resource, within string) []string {
	within = strings.Trim(within, "/")
	if within == "" {
		return []string{r.String()}
	}
	classes := r.Stack.Intent().Get("knowledge", "retention").Keys()
	first, _, _ := strings.Cut(within, "/")
	if len(classes) == 0 || slices.Contains(classes, first+"/") {
		return []string{r.String() + "/" + within + "/any"}
	}
	var names []string
	for _, class := range classes {
		names = append(names, r.String()+"/"+class+within+"/any")
	}
	return names
}

// principal returns the principal that a name means: a title, an ARN, an account's number, stack/LogicalId, or the end
// of a role's or user's name.
func (m *Model) principal(name string) (*Principal, error) {
	word, rest, _ := strings.Cut(name, ":")
	switch {
	case name == string(Anonymous):
		return named(Anonymous, "*"), nil
	case isAccount(name):
		return account(name), nil
	case word == string(Account) && isAccount(rest):
		return account(rest), nil
	case word == string(Service):
		if !strings.Contains(rest, ".") {
			rest += ".amazonaws.com"
		}
		return named(Service, rest), nil
	case word == string(Federated):
		return named(Federated, rest), nil
	case strings.HasPrefix(name, "arn:") || strings.HasPrefix(name, "${"):
		if r := m.estate.Find(template.Of(name), "AWS::IAM::Role", "AWS::IAM::User"); r != nil {
			return m.principalOf(r), nil
		}
		if strings.Contains(name, "-provider/") {
			return named(Federated, name), nil
		}
		return outsider("AWS", name), nil
	}
	return m.person(name)
}

// person returns the role or user of a name.
func (m *Model) person(name string) (*Principal, error) {
	word, rest, has := strings.Cut(name, ":")
	if !has {
		word, rest = "", name
	}
	var found []*Principal
	for _, p := range m.principals {
		switch {
		case word != "" && word != string(p.Kind):
		case p.Name == rest || p.Role.String() == rest:
			return p, nil
		case strings.HasSuffix(p.Name, "-"+rest) || p.Role.ID == rest:
			found = append(found, p)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("there is no principal %q: role:NAME, user:NAME, service:NAME, account:NUMBER, federated:ARN, anonymous, an ARN or stack/LogicalId", name)
	}
	titles := make([]string, len(found))
	for i, p := range found {
		titles[i] = p.Title()
	}
	return nil, fmt.Errorf("%q may be each of %s", name, strings.Join(titles, ", "))
}
