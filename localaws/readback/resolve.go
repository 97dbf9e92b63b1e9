package readback

import (
	"fmt"
	"regexp"
	"strings"
)

// unresolved stands for a value that cannot be worked out, and says why. It equals nothing that a service answers.
type unresolved string

// dropped is the value of Ref AWS::NoValue: its property is not set.
type dropped struct{}

// resolve works out a value of the template with the physical ids, attributes and outputs of what came up. A function
// that it does not know is unresolved, so a template that starts to use one is noticed.
func (in *inspection) resolve(v any) any {
	switch v := v.(type) {
	case []any:
		var out []any
		for _, member := range v {
			if r := in.resolve(member); r != (dropped{}) {
				out = append(out, r)
			}
		}
		return out
	case map[string]any:
		if len(v) == 1 {
			for name, argument := range v {
				if name == "Ref" || strings.HasPrefix(name, "Fn::") {
					return in.call(name, argument)
				}
			}
		}
		out := map[string]any{}
		for k, member := range v {
			if r := in.resolve(member); r != any(dropped{}) {
				out[k] = r
			}
		}
		return out
	}
	return v
}

func (in *inspection) call(name string, argument any) any {
	args, _ := argument.([]any)
	switch {
	case name == "Ref":
		return in.ref(text(argument))
	case name == "Fn::GetAtt" && len(args) == 2:
		return in.attribute(text(args[0]), text(args[1]))
	case name == "Fn::Sub":
		return in.sub(argument)
	case name == "Fn::Join" && len(args) == 2:
		return in.join(text(args[0]), in.resolve(args[1]))
	case name == "Fn::Split" && len(args) == 2:
		if whole, ok := in.resolve(args[1]).(string); ok {
			return anyOf(strings.Split(whole, text(args[0])))
		}
	case name == "Fn::Select" && len(args) == 2:
		return selected(in.resolve(args[0]), in.resolve(args[1]))
	case name == "Fn::ImportValue":
		return in.imported(text(in.resolve(argument)))
	case name == "Fn::GetStackOutput":
		return in.output(object(in.resolve(argument)))
	}
	return unresolved(fmt.Sprintf("%s %v", name, argument))
}

// ref is the value of Ref: a pseudo parameter or a physical id, which for every type read here is what Ref gives.
func (in *inspection) ref(id string) any {
	switch id {
	case "AWS::Region":
		return in.stack.Region
	case "AWS::AccountId":
		return in.stack.Account
	case "AWS::Partition":
		return "aws"
	case "AWS::URLSuffix":
		return "amazonaws.com"
	case "AWS::StackName":
		return in.stack.Name
	case "AWS::NoValue":
		return dropped{}
	}
	if made, ok := in.stack.Resources[id]; ok {
		return made.PhysicalID
	}
	if given, ok := in.stack.Parameters[id]; ok {
		return given
	}
	return unresolved("Ref " + id)
}

func (in *inspection) attribute(id, name string) any {
	o, err := in.observe(id)
	if err != nil {
		return unresolved(fmt.Sprintf("%s.%s: %v", id, name, err))
	}
	if value, ok := o.Attributes[name]; ok {
		return value
	}
	return unresolved(id + "." + name)
}

var variable = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)

func (in *inspection) sub(argument any) any {
	template, own := text(argument), map[string]any{}
	if args, ok := argument.([]any); ok && len(args) == 2 {
		template, own = text(args[0]), object(in.resolve(args[1]))
	}
	var fault any
	out := variable.ReplaceAllStringFunc(template, func(match string) string {
		name := match[2 : len(match)-1]
		value, ok := own[name]
		if id, attribute, isAttribute := strings.Cut(name, "."); !ok && isAttribute {
			value = in.attribute(id, attribute)
		} else if !ok {
			value = in.ref(name)
		}
		if _, bad := value.(unresolved); bad {
			fault = value
		}
		return fmt.Sprint(value)
	})
	if fault != nil {
		return fault
	}
	return strings.ReplaceAll(out, "${!", "${")
}

func (in *inspection) join(separator string, v any) any {
	list, ok := v.([]any)
	if !ok {
		return unresolved(fmt.Sprintf("Fn::Join of %v", v))
	}
	var parts []string
	for _, part := range list {
		if _, bad := part.(unresolved); bad {
			return part
		}
		parts = append(parts, fmt.Sprint(part))
	}
	return strings.Join(parts, separator)
}

// output is an output of another stack that was deployed, in the stack's own region unless it says so.
func (in *inspection) output(from map[string]any) any {
	region := text(from["Region"])
	if region == "" {
		region = in.stack.Region
	}
	for _, s := range in.all {
		if value, ok := s.Outputs[text(from["OutputName"])]; ok && s.Name == text(from["StackName"]) && s.Region == region {
			return value
		}
	}
	return unresolved(fmt.Sprintf("output %v of %v", from["OutputName"], from["StackName"]))
}

// imported is what a stack of the same region exports by that name.
func (in *inspection) imported(name string) any {
	for _, s := range in.all {
		if value, ok := s.Exports[name]; ok && s.Region == in.stack.Region {
			return value
		}
	}
	return unresolved("export " + name)
}

func selected(index, list any) any {
	members, _ := list.([]any)
	var i int
	if _, err := fmt.Sscan(fmt.Sprint(index), &i); err != nil || i < 0 || i >= len(members) {
		return unresolved(fmt.Sprintf("Fn::Select %v of %v", index, list))
	}
	return members[i]
}

func anyOf[T any](list []T) []any {
	out := make([]any, len(list))
	for i := range list {
		out[i] = list[i]
	}
	return out
}
