package localaws

import (
	"maps"
	"slices"
	"strings"

	"livechat.example/cloud/localaws/assembly"
	"livechat.example/cloud/localaws/readback"
)

// destroysAllButTheStateful deletes every stack; what the templates retain is there afterwards and nothing else is.
func (l life) destroysAllButTheStateful() {
	before := l.deployed()
	l.unprotects()
	l.must(l.cloud.Destroy(l.ctx))
	l.everyStackIs("")
	kept := map[string]int{}
	for _, s := range before {
		kept[s.Region] += l.keepsOnlyTheStateful(s)
	}
	for _, s := range before {
		if kept[s.Region] == 0 && !strings.Contains(s.Name, "-global-") {
			l.Errorf("nothing stateful was kept in %s", s.Region)
		}
	}
}

// unprotects gives up termination protection, having seen that it holds.
func (l life) unprotects() {
	for _, s := range l.cloud.Stacks {
		if !s.Protected {
			continue
		}
		if err := l.cloud.Destroy(l.ctx); err == nil {
			l.Error("a protected estate was destroyed")
		}
		break
	}
	for _, s := range l.cloud.Stacks {
		if s.Protected {
			l.must(l.cloud.Unprotect(l.ctx, s))
		}
	}
}

// keepsOnlyTheStateful counts what a destroyed stack has left behind, and asserts that it is what its template retains.
func (l life) keepsOnlyTheStateful(s readback.Stack) (kept int) {
	l.Helper()
	for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
		if s.Stubbed[id] != "" || s.Resources[id].Type == "Custom::PrefixList" { // a list is AWS's own
			continue
		}
		resource := s.Shipped["Resources"].(map[string]any)[id].(map[string]any)
		properties, err := l.cloud.Observe(l.ctx, s, id)
		l.must(err)
		there := properties != nil
		policy := resource["DeletionPolicy"]
		if retained := policy == "Retain" || policy == "RetainExceptOnCreate"; there != retained {
			l.Errorf("%s %s (%s) is there: %v; its template retains it: %v", s.Name, id, s.Resources[id].Type, there, retained)
		}
		if !there {
			continue
		}
		kept++
		if s.Resources[id].Type == "AWS::S3::Bucket" && id == firstOf(assembly.Stack{Template: s.Shipped}, "AWS::S3::Bucket") {
			l.stillReads(s, id)
		}
	}
	return kept
}

// firstOf is the logical id of the stack's first resource of a type, "" if it has none.
func firstOf(s assembly.Stack, kind string) string {
	for _, id := range slices.Sorted(maps.Keys(s.Resources())) {
		if s.Resources()[id].(map[string]any)["Type"] == kind {
			return id
		}
	}
	return ""
}

func properties(template map[string]any, id string) map[string]any {
	return template["Resources"].(map[string]any)[id].(map[string]any)["Properties"].(map[string]any)
}

// physicalIDs are what a stack has made and finished, by logical id.
func physicalIDs(s readback.Stack) map[string]string {
	ids := map[string]string{}
	for id, made := range s.Resources {
		if strings.HasSuffix(made.Status, "_COMPLETE") && !strings.HasPrefix(made.Status, "DELETE") {
			ids[id] = made.PhysicalID
		}
	}
	return ids
}
