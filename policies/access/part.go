package access

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// ofObjects are the actions on objects whose names do not say so.
var ofObjects = []string{"s3:bypassgovernanceretention", "s3:replicatedelete", "s3:replicatetags"}

// aim returns what an action on a name is about: of a bucket its objects, or of an object its bucket; of a table or a
// function it and its parts.
func (m *Model) aim(name, action string) []*object {
	on := m.object(name)
	if on.r == nil {
		return []*object{on}
	}
	lower := strings.ToLower(action)
	objects := strings.Contains(lower, "object") && !strings.Contains(lower, "bucket") || strings.Contains(lower, "multipart") || slices.Contains(ofObjects, lower)
	part, parted := parts[on.r.Type]
	switch {
	case !parted:
	case on.r.Type == "AWS::S3::Bucket" && !objects && on.suffix != "":
		return []*object{m.thing(on.r, "")}
	case on.r.Type == "AWS::S3::Bucket" && !objects || on.suffix != "" || part.actions != nil && !slices.Contains(part.actions, lower):
	default:
		return m.samples(on, action, part)
	}
	return []*object{on}
}

// part is what lies in a resource and is asked about by an ARN of its own.
type part struct {
	mark    string   // what stands before its name
	always  []string // the suffixes of those that there always are; "" is the resource itself
	actions []string // nil: those on objects
}

// parts are those of buckets, of tables ("Query" and "Scan" of the DynamoDB API take an index) and of functions (an
// alias or a version, as "Fine-tuning the Resources and Conditions sections of policies" of the Lambda guide has it).
var parts = map[string]part{
	"AWS::S3::Bucket":            {"/", []string{"/any"}, nil},
	"AWS::DynamoDB::Table":       {"/index/", []string{""}, []string{"dynamodb:query", "dynamodb:scan", "dynamodb:partiqlselect"}},
	"AWS::DynamoDB::GlobalTable": {"/index/", []string{""}, []string{"dynamodb:query", "dynamodb:scan", "dynamodb:partiqlselect"}},
	"AWS::Lambda::Function":      {":", []string{"", ":$LATEST"}, []string{"lambda:invokefunction", "lambda:getfunction"}},
}

// sampled is a text that a pattern means.
var sampled = strings.NewReplacer("*", "any", "?", "x")

// samples returns parts of a resource, one for each that some statement sets apart.
func (m *Model) samples(on *object, action string, of part) []*object {
	suffixes := slices.Clone(of.always)
	add := func(name string) {
		if suffix := of.mark + name; !slices.Contains(suffixes, suffix) {
			suffixes = append(suffixes, suffix)
		}
	}
	apart := m.setApart(on, action, of.mark)
	for i, p := range apart {
		add(sampled.Replace(p))
		for _, q := range apart[:i] { // what one policy allows and another bounds
			if template.Like(p, sampled.Replace(q)) || template.Like(q, sampled.Replace(p)) {
				continue
			}
			if text, is := template.Meet(p, q); is {
				add(text)
			}
		}
	}
	for _, list := range []string{"GlobalSecondaryIndexes", "LocalSecondaryIndexes"} {
		for _, index := range on.r.Get(list).List() {
			if name := textOf(index.Get("IndexName")); name != "" {
				add(name)
			}
		}
	}
	var all []*object
	for _, suffix := range suffixes {
		all = append(all, m.copy(copied{on.r, on.region}, suffix))
	}
	return all
}

// setApart returns the patterns that statements name parts of a resource with, without what stands before a part's name.
func (m *Model) setApart(on *object, action, mark string) (all []string) {
	look := func(list []*statement) {
		for _, s := range list {
			if !s.Covers(action) && !s.open.action {
				continue
			}
			for _, pattern := range append(slices.Clone(s.Resources), s.NotResources...) {
				for _, f := range on.forms {
					for _, rest := range m.rests(loosened(pattern), f+mark) {
						if !slices.Contains(all, rest) {
							all = append(all, rest)
						}
					}
				}
			}
		}
	}
	for _, p := range m.principals {
		look(p.identity)
		look(p.boundary)
	}
	look(on.policies)
	return all
}

// rests returns what is left of a pattern after the part that means a text, for each way to divide it.
func (m *Model) rests(pattern, after string) (all []string) {
	if rest, is := strings.CutPrefix(pattern, after); is {
		return []string{rest}
	}
	means := template.Like
	if inner := tokens(after); len(inner) > 0 {
		after, means = m.widened(after, inner, pattern), template.Overlap
	}
	i := strings.IndexAny(pattern, "*?")
	if i < 0 || !means(pattern[:i]+"*", after) {
		return nil
	}
	for ; i < len(pattern); i++ {
		if !means(pattern[:i+1], after) {
			continue
		}
		if pattern[i] == '*' { // which may mean more
			all = append(all, pattern[i:])
		} else if i+1 < len(pattern) {
			all = append(all, pattern[i+1:])
		}
	}
	return all
}
