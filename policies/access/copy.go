package access

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// copied is a resource in one of the regions that it is in: its stack's, or one that it has a copy in.
type copied struct {
	r      *template.Resource
	region string
}

// copying are the types that have copies in other regions, and the lists of those.
var copying = map[string]string{"AWS::DynamoDB::GlobalTable": "Replicas", "AWS::SecretsManager::Secret": "ReplicaRegions"}

// regions returns those that a resource has copies in.
func (m *Model) regions(r *template.Resource) (all []string) {
	for _, v := range r.Get(copying[r.Type]).List() {
		if region := v.Get("Region").Text(); region != "" && region != r.Stack.Region && !slices.Contains(all, region) {
			all = append(all, region)
		}
	}
	return all
}

// copying finds what an estate does not by an ARN: copies, secrets with what AWS adds to them, and caches.
func (m *Model) copying() {
	for r := range m.estate.All("AWS::DynamoDB::GlobalTable", "AWS::SecretsManager::Secret", "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::User") {
		for _, region := range append(m.regions(r), r.Stack.Region) {
			c := copied{r, region}
			for _, f := range c.forms(m.written(r)) {
				m.copies[strings.TrimSuffix(f, assignedSuffix)] = c
			}
		}
	}
}

// home reports whether it is the resource itself.
func (c copied) home() bool { return c.region == c.r.Stack.Region }

// forms returns the ways in which its ARN is written, of those of the resource.
func (c copied) forms(of []string) []string {
	if c.home() {
		return of
	}
	var forms []string
	for _, f := range of {
		if moved := strings.Replace(f, ":"+c.r.Stack.Region+":", ":"+c.region+":", 1); moved != f {
			forms = append(forms, moved)
		}
	}
	return forms
}

// laid returns what has the policies of the copy. A secret's is copied with it ("Replicate AWS Secrets Manager secrets
// across Regions"); a replica of a table is a table, with a policy of its own ("DynamoDB global tables security").
func (c copied) laid() copied {
	if c.r.Type == "AWS::SecretsManager::Secret" {
		c.region = c.r.Stack.Region
	}
	return c
}

// copyOf returns the copy that an ARN means, or goes on from to something within it.
func (m *Model) copyOf(arn string) (c copied, within string, is bool) {
	service := strings.SplitN(arn, ":", 4)
	switch {
	case len(service) < 4:
		return copied{}, "", false
	case service[2] == "secretsmanager":
		if c, is = m.copies[arn]; !is {
			c, is = m.copies[unassigned(arn)]
		}
		return c, "", is
	}
	for end := len(arn); end > 0; end = strings.LastIndexByte(arn[:end], '/') {
		if c, is := m.copies[arn[:end]]; is {
			return c, arn[end:], true
		}
	}
	return copied{}, "", false
}

// unassigned returns a secret's ARN without what AWS adds to it.
func unassigned(arn string) string {
	if end := len(arn) - len(assignedSuffix); end > 0 && arn[end] == assignedSuffix[0] {
		return arn[:end]
	}
	return arn
}

// copiesIn returns the names of a resource's copy in a region.
func (m *Model) copiesIn(r *template.Resource, region string) []string {
	if slices.Contains(m.regions(r), region) {
		return copied{r, region}.forms(m.written(r))[:1]
	}
	return nil
}
