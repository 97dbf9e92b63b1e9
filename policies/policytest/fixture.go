package policytest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"livechat.example/cloud/policies/template"
)

// Fixture is testdata/<ID>.yaml: the stacks of a good estate, then the cases that change it, as YAML documents. A
// reviewer who writes no Go reads from it what a policy holds.
//
//	stack: dev-eu-west-1-data
//	account: "111122223333"
//	region: eu-west-1
//	template: {Resources: {Cache: {Type: AWS::ElastiCache::ReplicationGroup, Properties: {Port: 6379}}}}
//	---
//	case: a cache listens elsewhere
//	dev-eu-west-1-data/Cache: {Properties: {Port: 6380}} # want "Port is 6380, must be 6379"
//
// `base: other.yaml` in the place of stacks takes those of another file of the folder. A case is a JSON merge patch
// (RFC 7396) of resources, by stack/logical-id, and of stacks, by their name; null takes away what is there. Behind a
// line stands what must be found, as patterns: of the resource or stack that the line belongs to, or of the estate on
// the line of the case. Nothing else may be found.
type Fixture struct {
	base  map[string]map[string]any // stacks by name
	Cases []Case
}

// Case is one change of a good estate, and what must be found then.
type Case struct {
	Name   string
	Wants  []Want
	Estate *template.Estate
}

// Want is a finding that must be there.
type Want struct {
	Resource string // stack/logical-id, the stack, or "" for the estate
	Pattern  *regexp.Regexp
}

// stackForm is what a stack of a fixture may say.
type stackForm struct {
	Stack        string            `yaml:"stack"`
	Account      string            `yaml:"account"`
	Region       string            `yaml:"region"`
	Dependencies []string          `yaml:"dependencies"`
	Protected    bool              `yaml:"terminationProtection"`
	Tags         map[string]string `yaml:"tags"`
	Template     map[string]any    `yaml:"template"`
}

// Read reads a fixture.
func Read(path string) (*Fixture, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := &Fixture{base: map[string]map[string]any{}}
	for i, document := range strings.Split(string(text), "\n---\n") {
		if err := f.add(filepath.Dir(path), document); err != nil {
			return nil, fmt.Errorf("%s, document %d: %w", path, i+1, err)
		}
	}
	return f, nil
}

func (f *Fixture) add(folder, document string) error {
	var entries map[string]any
	if err := yaml.Unmarshal([]byte(document), &entries); err != nil {
		return err
	}
	wants, err := wantsOf(document)
	switch name, isCase := entries["case"].(string); {
	case err != nil:
		return err
	case isCase:
		estate, err := f.changed(entries)
		f.Cases = append(f.Cases, Case{name, wants, estate})
		return err
	case len(wants) > 0:
		return fmt.Errorf("a good estate wants nothing")
	case entries["base"] != nil:
		return f.borrow(filepath.Join(folder, fmt.Sprint(entries["base"])))
	}
	name, is := entries["stack"].(string)
	if !is {
		return fmt.Errorf("it is no stack, no base and no case")
	}
	f.base[name] = entries
	return nil
}

func (f *Fixture) borrow(path string) error {
	other, err := Read(path)
	if err == nil {
		f.base = other.base
	}
	return err
}

// Good returns the estate that nothing is wrong with.
func (f *Fixture) Good() (*template.Estate, error) { return estateOf(f.base) }

// changed returns the estate of a case.
func (f *Fixture) changed(entries map[string]any) (*template.Estate, error) {
	stacks := map[string]map[string]any{}
	for name, s := range f.base {
		stacks[name] = merge(nil, s).(map[string]any)
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		change := entries[key]
		stack, id, isResource := strings.Cut(key, "/")
		switch {
		case key == "case":
			continue
		case isResource:
			if stacks[stack] == nil {
				return nil, fmt.Errorf("%s: there is no stack %s", key, stack)
			}
			change = map[string]any{"template": map[string]any{"Resources": map[string]any{id: change}}}
		case change == nil:
			delete(stacks, stack)
			continue
		}
		merged, _ := merge(stacks[stack], change).(map[string]any)
		merged["stack"] = stack
		stacks[stack] = merged
	}
	return estateOf(stacks)
}

// merge applies a JSON merge patch to a copy.
func merge(target, patch any) any {
	changes, is := patch.(map[string]any)
	if !is {
		return patch
	}
	old, _ := target.(map[string]any)
	merged := maps.Clone(old)
	if merged == nil {
		merged = map[string]any{}
	}
	for key, change := range changes {
		if _, is := merged[key]; is && change == nil {
			delete(merged, key)
		} else {
			merged[key] = merge(merged[key], change)
		}
	}
	return merged
}

func estateOf(stacks map[string]map[string]any) (*template.Estate, error) {
	var built []*template.Stack
	for _, name := range slices.Sorted(maps.Keys(stacks)) {
		text, err := yaml.Marshal(stacks[name])
		if err != nil {
			return nil, err
		}
		var form stackForm
		if err := yaml.UnmarshalWithOptions(text, &form, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		s := template.NewStack(form.Stack, form.Account, form.Region, form.Template)
		s.Dependencies, s.TerminationProtection, s.Tags = form.Dependencies, form.Protected, form.Tags
		built = append(built, s)
	}
	return template.New(built...), nil
}

var (
	wanted  = regexp.MustCompile(`# want((?: "(?:[^"\\]|\\.)*")+)\s*$`)
	pattern = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	entry   = regexp.MustCompile(`^([\w/-]+):`)
)

// wantsOf reads the comments of a document: each belongs to the last entry that begins its line.
func wantsOf(document string) (wants []Want, err error) {
	resource := ""
	for n, line := range strings.Split(document, "\n") {
		if begins := entry.FindStringSubmatch(line); begins != nil {
			resource = begins[1]
		}
		comment := wanted.FindStringSubmatch(line)
		if comment == nil {
			if strings.Contains(line, "# want") {
				return nil, fmt.Errorf("line %d: a want is written # want \"pattern\"", n+1)
			}
			continue
		}
		for _, p := range pattern.FindAllStringSubmatch(comment[1], -1) {
			re, err := regexp.Compile(strings.ReplaceAll(p[1], `\"`, `"`))
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
			of := resource
			if of == "case" {
				of = ""
			}
			wants = append(wants, Want{of, re})
		}
	}
	return wants, nil
}
