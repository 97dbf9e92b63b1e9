package assembly

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed supported.txt
var supportedTypes string

// Supported lists the resource types that the pinned emulator provisions, ordered: supported.txt, which a test compares
// with the installed emulator.
func Supported() []string { return strings.Fields(supportedTypes) }

// placeholder is a type that every CloudFormation has, that needs no property, and that `Ref` works on.
const placeholder = "AWS::CloudFormation::WaitConditionHandle"

// Stub is a resource that ships and that the local AWS does not make.
type Stub struct {
	Stack, LogicalID string
	Type             string // as it ships
	Why              string // a sentence for the reader of the summary
}

// Localized is an assembly that a local AWS can deploy, and what was given up for that.
type Localized struct {
	Assembly
	Stubs []Stub // ordered by stack and logical id
	// Shipped holds each stack's shipped template, by stack, with nothing but the references to what cannot be known
	// locally replaced by the values that the local AWS is given: what a read-back compares with.
	Shipped map[string]map[string]any
}

// Localize copies the shipped assembly to dir, which must not exist, and makes the copy deployable: what the emulator
// does not know becomes a stub, and what refers to an attribute of a stub, or to a stack of another region, a literal.
func Localize(shipped Assembly, dir string) (Localized, error) {
	l := Localized{Shipped: map[string]map[string]any{}}
	if err := os.CopyFS(dir, os.DirFS(shipped.Dir)); err != nil {
		return l, err
	}
	copied, err := Read(dir)
	if err != nil {
		return l, err
	}
	l.Assembly = copied
	for i := range l.Stacks {
		if err := l.localize(&l.Stacks[i]); err != nil {
			return l, err
		}
	}
	return l, nil
}

// localize turns a stack that holds a template as it ships into one that can be deployed, and writes it.
func (l *Localized) localize(s *Stack) error {
	stubs := stubsOf(*s)
	l.Stubs = slices.DeleteFunc(l.Stubs, func(known Stub) bool { return known.Stack == s.Name })
	l.Stubs = slices.AppendSeq(l.Stubs, maps.Values(stubs))
	slices.SortFunc(l.Stubs, func(x, y Stub) int {
		return cmp.Or(strings.Compare(x.Stack, y.Stack), strings.Compare(x.LogicalID, y.LogicalID))
	})
	l.Shipped[s.Name] = substitute(*s, stubs)
	s.Template = withoutStubs(l.Shipped[s.Name], stubs)
	return l.write(*s)
}

// stubsOf finds what of a stack the emulator cannot make.
func stubsOf(s Stack) map[string]Stub {
	stubs := map[string]Stub{}
	for id, r := range s.Resources() {
		kind := text(object(r)["Type"])
		switch {
		case strings.HasPrefix(kind, "Custom::"), kind == "AWS::CloudFormation::CustomResource":
			if runtime := handlerRuntime(s, object(r)); strings.HasPrefix(runtime, "nodejs") {
				stubs[id] = Stub{s.Name, id, kind, fmt.Sprintf("its Lambda runs %s, for which the emulator has no SDK", runtime)}
			}
			if ofAnotherRegion(s, object(r)) {
				stubs[id] = Stub{s.Name, id, kind, "the emulator has a global table in the region of its stack alone"}
			}
		case !slices.Contains(Supported(), kind):
			stubs[id] = Stub{s.Name, id, kind, "the emulator does not know the type"}
		}
	}
	return stubs
}

// ofAnotherRegion says that a custom resource is about a table by its ARN, which is not of the stack's region.
func ofAnotherRegion(s Stack, custom map[string]any) bool {
	table := strings.Split(text(object(custom["Properties"])["Table"]), ":")
	return len(table) > 3 && table[3] != s.Region
}

// handlerRuntime is the runtime of the Lambda in the same stack that answers a custom resource, or "".
func handlerRuntime(s Stack, custom map[string]any) string {
	token := object(object(custom["Properties"])["ServiceToken"])
	id, _, ok := getAtt(token)
	if !ok {
		return ""
	}
	return text(object(object(s.Resources()[id])["Properties"])["Runtime"])
}

// withoutStubs is the template with each stub's type replaced and all but its place in the order gone.
func withoutStubs(template map[string]any, stubs map[string]Stub) map[string]any {
	resources := maps.Clone(object(template["Resources"]))
	for id := range stubs {
		was, stub := object(resources[id]), map[string]any{"Type": placeholder}
		for _, member := range []string{"DependsOn", "Condition"} {
			if v, ok := was[member]; ok {
				stub[member] = v
			}
		}
		resources[id] = stub
	}
	template = maps.Clone(template)
	template["Resources"] = resources
	return template
}

// Edit changes a stack as if it shipped otherwise, for another deployment of the copy.
func (l *Localized) Edit(stack string, change func(template map[string]any)) error {
	for i := range l.Stacks {
		if s := &l.Stacks[i]; s.Name == stack {
			s.Template = l.Shipped[stack]
			change(s.Template)
			return l.localize(s)
		}
	}
	return fmt.Errorf("%s: no stack %q; it has %s", filepath.Base(l.Dir), stack, strings.Join(l.Names(), ", "))
}
