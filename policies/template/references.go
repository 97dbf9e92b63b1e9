package template

import (
	"reflect"
	"slices"
	"strings"
)

// noSlot is the number of what is not there: a reader that looked for it must look again when a template changes.
const noSlot = -1

// use is who read what of a slot.
type use struct {
	attributes map[string]bool
	readers    map[int]bool
}

// note records that the node being resolved depends on an attribute of t ("": only that it exists).
func (r *resolver) note(t *Resource, attribute string) { r.noteSlot(t.slot, attribute) }

func (r *resolver) noteSlot(slot int, attribute string) {
	if len(r.open) == 0 {
		return
	}
	u := r.e.uses[slot]
	if u == nil {
		u = &use{map[string]bool{}, map[int]bool{}}
		r.e.uses[slot] = u
	}
	u.attributes[attribute] = true
	u.readers[r.open[r.reader].t.slot] = true
}

// dangling returns the value of a reference to what is not there.
func (r *resolver) dangling(format string, args ...any) *Unresolved {
	if r.e != nil {
		r.noteSlot(noSlot, "")
	}
	return unknown(format, args...)
}

type exportKey struct{ account, region, name string }

// exporters returns the outputs that are exported, by where and under which name. A name cannot depend on a resource.
func (r *resolver) exporters() map[exportKey]int {
	if r.e.exports != nil {
		return r.e.exports
	}
	found := map[exportKey]int{}
	for _, s := range r.e.stacks {
		for _, i := range s.plan.outputs {
			n := s.plan.nodes[i]
			name, ok := textOf(r.eval(s, path(n.raw, "Export", "Name")))
			if ok && n.exists() && n.doubt == "" {
				found[exportKey{s.Account, s.Region, name}] = s.first + i
			}
		}
	}
	r.e.exports = found
	return found
}

func importValue(r *resolver, s *Stack, arg any) any {
	name, ok := textOf(arg)
	if !ok || r.condition {
		return unknown("Fn::ImportValue takes a name")
	}
	slot, ok := r.exporters()[exportKey{s.Account, s.Region, name}]
	if !ok {
		return r.dangling("Fn::ImportValue %s: no stack of %s exports it", name, s.Region)
	}
	return r.output(slot)
}

// getStackOutput reads an output of a stack by its name, in any region; the account is the role's, or the stack's own.
func getStackOutput(r *resolver, s *Stack, arg any) any {
	of, _ := arg.(map[string]any)
	if u := firstUnknown(arg); u != nil || r.condition {
		return because("Fn::GetStackOutput in a condition", arg)
	}
	stack, _ := textOf(of["StackName"])
	output, _ := textOf(of["OutputName"])
	region, given := textOf(of["Region"])
	if !given {
		region = s.Region
	}
	account := s.Account
	if role, ok := textOf(of["RoleArn"]); ok {
		parts := strings.Split(role, ":")
		if len(parts) < 6 || hasToken(role) {
			return unknown("Fn::GetStackOutput: RoleArn cannot be resolved")
		}
		account = parts[4]
	}
	t := r.e.byName[stack]
	if t == nil || t.Region != region || t.Account != account {
		return r.dangling("Fn::GetStackOutput: there is no stack %s in %s", stack, region)
	}
	i, ok := t.plan.outputs[output]
	if !ok {
		return r.dangling("Fn::GetStackOutput: stack %s has no output %s", stack, output)
	}
	return r.output(t.first + i)
}

// output returns the value of an output.
func (r *resolver) output(slot int) any {
	t := &r.e.slots[slot]
	r.note(t, "Value")
	switch x := r.property(t, "Value").(type) {
	case nil:
		return unknown("output %s has no value", t)
	default:
		if !t.node.exists() {
			return unknown("output %s does not exist: %s", t, t.node.gone)
		}
		return x
	}
}

// attribute returns what Ref or Fn::GetAtt gives for a resource: text that follows from its properties, a property of
// the same name (an attribute and a property of one name are one thing in a resource's schema), or a token.
func (r *resolver) attribute(t *Resource, name string) any {
	of := identities[t.Type]
	if slices.Contains(of.same, name) {
		name = refAttribute
	}
	r.note(t, name)
	if n := t.node; n.doubt != "" || !n.exists() {
		return &Unresolved{Why: n.doubt + n.gone}
	}
	if t.Type == firewallType && name == endpointIDs {
		return r.endpoints(t)
	}
	if name == refAttribute && ofSecret[t.Type] {
		if arn, ok := r.property(t, "SecretId").(string); ok && (isToken(arn) || strings.HasPrefix(arn, "arn:")) {
			return arn
		}
	}
	if pattern := of.pattern(name); pattern != "" {
		text, u := r.fill(t, pattern, "")
		if u == nil {
			return text
		}
		if u.circle {
			return u
		}
	} else if name != refAttribute && !custom(t.Type) {
		switch x := r.property(t, name).(type) {
		case nil:
		default:
			return x
		}
	}
	return token(t.Stack.Name, t.ID, name)
}

// ofSecret are the types whose Ref is the ARN of the secret that they are of ("Return values" of each in the
// CloudFormation user guide).
var ofSecret = map[string]bool{
	"AWS::SecretsManager::SecretTargetAttachment": true, "AWS::SecretsManager::RotationSchedule": true, "AWS::SecretsManager::ResourcePolicy": true,
}

// IsNamedBy reports whether an attribute, or what Ref gives where it is called so, names the resource itself.
func (r *Resource) IsNamedBy(attribute string) bool {
	of, known := identities[r.Type]
	_, follows := of.attributes[attribute]
	return attribute == "Arn" && !custom(r.Type) || known && (attribute == refAttribute || follows || slices.Contains(of.same, attribute))
}

// custom reports whether the code of a custom resource gives the attributes.
func custom(kind string) bool {
	return strings.HasPrefix(kind, "Custom::") || strings.HasPrefix(kind, "AWS::CloudFormation::")
}

func identical(x, y map[string]any) bool {
	return reflect.ValueOf(x).Pointer() == reflect.ValueOf(y).Pointer()
}
