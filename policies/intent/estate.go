// Package intent is the vocabulary that the policies share: what an estate is meant to be, and how its resources are
// read.
//
// It knows no policy and no component. What is stated here and in the constructs is stated twice on purpose.
package intent

import (
	"fmt"
	"strings"

	"livechat.example/cloud/policies/template"
)

// StacksStating returns the stacks whose intent says something; it reports a region where no stack does.
func StacksStating(e *template.Estate, f Reporter, what string) []*template.Stack {
	var stating []*template.Stack
	told := map[string]bool{}
	for _, s := range e.Stacks() {
		if !s.Intent().Get(what).Missing() {
			stating, told[s.Region] = append(stating, s), true
		}
	}
	for _, s := range stating {
		for _, region := range s.Intent().Get("regions").List() {
			if !told[region.Text()] {
				f.FailStack(s, "no stack in %s says which %s it has", region, what)
				told[region.Text()] = true
			}
		}
	}
	return stating
}

// RegionsOf returns the environment's regions as a stack says, the primary first.
func RegionsOf(s *template.Stack) []string { return Texts(s.Intent().Get("regions")) }

// IsPrimary reports whether a region is the one where a stack's environment writes, until a switchover.
func IsPrimary(s *template.Stack, region string) bool {
	regions := RegionsOf(s)
	return len(regions) > 0 && regions[0] == region
}

// InPrimary reports whether a stack is in its environment's primary region.
func InPrimary(s *template.Stack) bool { return IsPrimary(s, s.Region) }

// Regions returns the environment's regions as the first stack that names them says, the primary first.
func Regions(e *template.Estate) []string {
	for _, s := range e.Stacks() {
		if regions := RegionsOf(s); len(regions) > 0 {
			return regions
		}
	}
	return nil
}

// IdentityStack returns the stack that lists the environment's people and pipelines. Without one it returns nil, and
// reports what is not stated.
func IdentityStack(e *template.Estate, f Reporter, what string) *template.Stack {
	for _, s := range e.Stacks() {
		if s.Layer == "identity" && s.Global() {
			return s
		}
	}
	f.FailEstate("no global identity stack says %s", what)
	return nil
}

// IAMARN returns the ARN of something of IAM in a stack's account.
func IAMARN(s *template.Stack, rest string) string {
	return "arn:" + s.Partition() + ":iam::" + s.Account + ":" + rest
}

// QualifierOf returns that of the bootstrap stack that a stack is deployed by.
func QualifierOf(s *template.Stack) string {
	version := template.Of(s.Template()["Parameters"]).Get("BootstrapVersion", "Default").Text()
	return strings.TrimSuffix(strings.TrimPrefix(version, "/cdk-bootstrap/"), "/version")
}

// Shards is how many stacks the partners of an environment are divided over. Another number would move their secrets.
const Shards = 16

// ShardLayers returns the layers of the stacks of partners.
func ShardLayers() []string {
	layers := make([]string, Shards)
	for i := range layers {
		layers[i] = ShardLayer(i)
	}
	return layers
}

// ShardLayer returns the layer of a shard.
func ShardLayer(shard int) string { return fmt.Sprintf("partners-%02d", shard) }

// SecretsLayer is the layer of the stack with the secrets that are no partner's.
const SecretsLayer = "secrets"

// EstateName begins every name of an environment.
func EstateName(s *template.Stack) string { return "livechat-" + s.Environment }
