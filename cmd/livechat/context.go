package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// fromContext takes the environment's name from the context that the cdk CLI passes: cdk.json's and every -c.
//
// Only env is ours. Keys of the CLI and of the library are let by, since stacks.appContext overrules them; any other is a
// slip that would change nothing, and is refused.
func fromContext(r *request, text string) error {
	if text == "" {
		return nil
	}
	context := map[string]any{}
	if err := json.Unmarshal([]byte(text), &context); err != nil {
		return fmt.Errorf("CDK_CONTEXT_JSON: %w", err)
	}
	var unknown []string
	for key := range context {
		if key != "env" && !strings.HasPrefix(key, "aws:cdk:") && !strings.HasPrefix(key, "@aws-cdk/") {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return fmt.Errorf("-c %s: unknown context; the only one is env, for example -c env=prod", strings.Join(unknown, ", "))
	}
	if env, given := context["env"]; given {
		name, isText := env.(string)
		if !isText || name == "" {
			return fmt.Errorf("-c env=%v: the name of an environment is needed, for example -c env=prod", env)
		}
		r.environment = name
	}
	return nil
}
