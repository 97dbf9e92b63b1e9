package template

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// Stack is one CloudFormation stack: a template in an account and a region.
type Stack struct {
	// Name is unique in an estate: <environment>-<region>-<layer>, or <environment>-global-<layer>.
	Name, Environment, Layer string
	// Account and Region are where it is deployed. Account is empty only in a bare folder of templates.
	Account, Region string
	File            string // the template's file in the assembly
	Size            int    // the file's size in bytes, which CloudFormation limits
	// Dependencies name the stacks that are deployed before this one.
	Dependencies          []string
	TerminationProtection bool
	Tags                  map[string]string

	arguments map[string]string // parameter values that the manifest passes
	estate    *Estate
	first     int // the slot of the plan's first node
	plan      *plan
}

// NewStack makes a stack of a decoded template for [New]. The exported fields may be changed until then; Environment and
// Layer start as the name or the template's Metadata.LiveChat says. The template is copied.
func NewStack(name, account, region string, template map[string]any) *Stack {
	s := &Stack{Name: name, Account: account, Region: region}
	s.use(clean(template).(map[string]any))
	return s
}

// use makes body the stack's template, and takes the parts of its name from there.
func (s *Stack) use(body map[string]any) {
	s.plan = newPlan(s, body)
	told, _ := path(body, "Metadata", "LiveChat").(map[string]any)
	s.Environment, s.Layer = nameParts(s.Name, s.Region)
	if t, ok := told["environment"].(string); ok {
		s.Environment = t
	}
	if t, ok := told["layer"].(string); ok {
		s.Layer = t
	}
}

// nameParts splits a stack's name around its region, or around "global".
func nameParts(name, region string) (environment, layer string) {
	for _, middle := range []string{region, "global"} {
		if before, after, ok := strings.Cut(name, "-"+middle+"-"); ok && middle != "" {
			return before, after
		}
	}
	return "", ""
}

// Global reports whether the stack is deployed once and not per region.
func (s *Stack) Global() bool { return strings.Contains(s.Name, "-global-") }

// Resources returns the stack's resources by logical id, without those whose condition is false.
func (s *Stack) Resources() []*Resource {
	list := make([]*Resource, 0, len(s.plan.order))
	for _, i := range s.plan.order {
		list = append(list, &s.estate.slots[s.first+i])
	}
	return list
}

// Resource returns the resource with that logical id, or nil.
func (s *Stack) Resource(logicalID string) *Resource {
	if i, ok := s.plan.byID[logicalID]; ok && s.plan.nodes[i].exists() {
		return &s.estate.slots[s.first+i]
	}
	return nil
}

// Template returns the template as it was read. It must not be changed: see [Estate.WithStack].
func (s *Stack) Template() map[string]any { return s.plan.body }

// Intent returns what the stack's author meant: Metadata.LiveChat of the template.
func (s *Stack) Intent() Value { return s.Metadata().Get("LiveChat") }

// Metadata returns the template's metadata.
func (s *Stack) Metadata() Value {
	r := &s.estate.slots[s.first+s.plan.metadata]
	return r.Properties()
}

// Outputs yields the values that the stack gives out, by name.
func (s *Stack) Outputs() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for _, name := range slices.Sorted(maps.Keys(s.plan.outputs)) {
			if !yield(name, s.estate.slots[s.first+s.plan.outputs[name]].Get("Value")) {
				return
			}
		}
	}
}

// Partition returns the AWS partition of the stack's region: aws, aws-cn or aws-us-gov.
func (s *Stack) Partition() string {
	switch {
	case strings.HasPrefix(s.Region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(s.Region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
