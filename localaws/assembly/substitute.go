package assembly

import (
	"regexp"
	"slices"
	"strings"
)

// substitute is a copy of the stack's template in which a literal of the right shape stands for each attribute of a
// stub and for each output of a stack in another region, where the emulator does not look. An output of a stack in
// the same region stays: the emulator resolves it, so what a resource is given is what the other stack made.
func substitute(s Stack, stubs map[string]Stub) map[string]any {
	return object(substitution{s, stubs}.in(s.Template))
}

type substitution struct {
	stack Stack
	stubs map[string]Stub
}

func (u substitution) in(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = u.in(v[i])
		}
		return out
	case map[string]any:
		if literal, ok := u.literal(v); ok {
			return literal
		}
		out := make(map[string]any, len(v))
		for k, member := range v {
			out[k] = u.inFunction(k, member)
		}
		return out
	}
	return v
}

// inFunction substitutes in a member of an object; the functions that take a list, or cut a text up, decide the shape.
func (u substitution) inFunction(name string, v any) any {
	args, _ := v.([]any)
	switch {
	case name == "Fn::Select" && len(args) == 2, name == "Fn::Join" && len(args) == 2:
		if value, ok := u.unknown(args[1]); ok {
			return []any{u.in(args[0]), slices.Repeat([]any{value}, 8)}
		}
	case name == "Fn::Split" && len(args) == 2:
		return []any{args[0], u.cut(text(args[0]), args[1])}
	case name == "Fn::Sub":
		return u.inSub(v)
	}
	return u.in(v)
}

// cut substitutes in what is split at a separator: an unknown text has parts enough for any selection from it.
func (u substitution) cut(separator string, v any) any {
	if args, ok := object(v)["Fn::Select"].([]any); ok && len(args) == 2 {
		if value, ok := u.unknown(args[1]); ok {
			return strings.Join(slices.Repeat([]string{value}, 8), separator)
		}
	}
	if value, ok := u.unknown(v); ok {
		return strings.Join(slices.Repeat([]string{value}, 8), separator)
	}
	return u.in(v)
}

var attributeInSub = regexp.MustCompile(`\$\{([A-Za-z0-9]+)\.([A-Za-z0-9.]+)\}`)

func (u substitution) inSub(v any) any {
	if args, ok := v.([]any); ok && len(args) == 2 {
		return []any{u.inSub(args[0]), u.in(args[1])}
	}
	return attributeInSub.ReplaceAllStringFunc(text(v), func(match string) string {
		parts := attributeInSub.FindStringSubmatch(match)
		if stub, ok := u.stubs[parts[1]]; ok {
			return u.named(stub.LogicalID, parts[2])
		}
		return match
	})
}

func (u substitution) literal(v map[string]any) (any, bool) {
	value, ok := u.unknown(v)
	return value, ok
}

// unknown is the literal for a value that exists in AWS only, if v is one.
func (u substitution) unknown(v any) (string, bool) {
	if id, attribute, ok := getAtt(object(v)); ok {
		if stub, ok := u.stubs[id]; ok {
			return u.named(stub.LogicalID, attribute), true
		}
	}
	output, ok := object(v)["Fn::GetStackOutput"].(map[string]any)
	if !ok || text(output["Region"]) == u.stack.Region || output["Region"] == nil {
		return "", false
	}
	return u.named(text(output["StackName"]), text(output["OutputName"])), true
}

// named is a text that says what it stands for, an ARN where the attribute is one: services check that shape.
func (u substitution) named(owner, attribute string) string {
	name := strings.ReplaceAll(owner+"-"+attribute, ".", "-")
	if strings.Contains(attribute, "Arn") || strings.Contains(attribute, "ARN") {
		return "arn:aws:stub:" + u.stack.Region + ":" + u.stack.Account + ":" + name
	}
	return "stub-" + name
}

// getAtt reads the two ways in which a template names an attribute.
func getAtt(v map[string]any) (id, attribute string, ok bool) {
	switch at := v["Fn::GetAtt"].(type) {
	case []any:
		if len(at) == 2 {
			return text(at[0]), text(at[1]), true
		}
	case string:
		return strings.Cut(at, ".")
	}
	return "", "", false
}

func object(v any) map[string]any { m, _ := v.(map[string]any); return m }

func text(v any) string { s, _ := v.(string); return s }
