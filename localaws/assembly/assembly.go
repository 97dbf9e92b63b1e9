// Package assembly reads a written cloud assembly and makes of it a copy that a local AWS can deploy.
//
// It works on the files that ship and never on the construct tree: what comes up locally is what ships, less what
// Localize lists as stubbed.
package assembly

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Assembly is a folder that `cdk synth` wrote: manifest.json and the stacks that it lists.
type Assembly struct {
	Dir    string
	Stacks []Stack // ordered by name
	// Qualifier is that of the bootstrap stack that the stacks were synthesized for.
	Qualifier string
}

// Stack is one CloudFormation stack of an assembly.
type Stack struct {
	Name     string
	Account  string // 12 digits
	Region   string
	Tags     map[string]string // those that CloudFormation hands on to every resource
	Template map[string]any    // numbers are json.Number, so that writing it back changes none
	// Protected says that CloudFormation refuses to delete the stack.
	Protected bool

	templateFile, assetsFile string // relative to Dir
}

// Environment is an account and region that stacks go to, and that has to be bootstrapped.
type Environment struct{ Account, Region string }

// String is the environment as the cdk CLI names it.
func (e Environment) String() string { return "aws://" + e.Account + "/" + e.Region }

// Environments lists where the stacks go, each once, ordered.
func (a Assembly) Environments() []Environment {
	seen := map[Environment]bool{}
	for _, s := range a.Stacks {
		seen[Environment{s.Account, s.Region}] = true
	}
	return slices.SortedFunc(maps.Keys(seen), func(x, y Environment) int {
		return strings.Compare(x.String(), y.String())
	})
}

// Names lists the stacks' names, ordered.
func (a Assembly) Names() []string {
	var names []string
	for _, s := range a.Stacks {
		names = append(names, s.Name)
	}
	return names
}

// Account is the one account of the assembly, or an error if it has none or several: an emulator is one account.
func (a Assembly) Account() (string, error) {
	accounts := map[string]bool{}
	for _, e := range a.Environments() {
		accounts[e.Account] = true
	}
	if len(accounts) != 1 {
		return "", fmt.Errorf("%s: stacks in %d accounts; one is deployed at a time", a.Dir, len(accounts))
	}
	return a.Environments()[0].Account, nil
}

// Resources are the stack's template resources by logical id.
func (s Stack) Resources() map[string]any { return object(s.Template["Resources"]) }

// Intent is a text that the stack's author meant by it, "" if there is none.
func (s Stack) Intent(key string) string {
	return text(object(object(s.Template["Metadata"])["LiveChat"])[key])
}

type manifest struct {
	Artifacts map[string]artifact `json:"artifacts"`
}

type artifact struct {
	Type        string `json:"type"`
	Environment string `json:"environment"`
	Properties  struct {
		File                  string            `json:"file"`
		TemplateFile          string            `json:"templateFile"`
		StackName             string            `json:"stackName"`
		TerminationProtection bool              `json:"terminationProtection"`
		Tags                  map[string]string `json:"tags"`
		VersionParameter      string            `json:"bootstrapStackVersionSsmParameter"`
	} `json:"properties"`
	Dependencies []string `json:"dependencies"`
}

var (
	environmentURL   = regexp.MustCompile(`^aws://(\d{12})/([a-z0-9-]+)$`)
	versionParameter = regexp.MustCompile(`^/cdk-bootstrap/([A-Za-z0-9_-]+)/version$`)
)

// Read reads the assembly in dir. It refuses one that no emulator could take as it is: without stacks, with a stack that
// names no account and region, or with bootstrap qualifiers that differ.
func Read(dir string) (Assembly, error) {
	a := Assembly{Dir: dir}
	var m manifest
	if err := readJSON(filepath.Join(dir, "manifest.json"), &m); err != nil {
		return a, err
	}
	var faults []error
	for _, id := range slices.Sorted(maps.Keys(m.Artifacts)) {
		if m.Artifacts[id].Type != "aws:cloudformation:stack" {
			continue
		}
		stack, err := readStack(dir, id, m)
		faults = append(faults, err, a.setQualifier(m.Artifacts[id]))
		a.Stacks = append(a.Stacks, stack)
	}
	if len(a.Stacks) == 0 {
		faults = append(faults, fmt.Errorf("%s: the manifest lists no stack at its top level", dir))
	}
	slices.SortFunc(a.Stacks, func(x, y Stack) int { return strings.Compare(x.Name, y.Name) })
	return a, errors.Join(faults...)
}

func readStack(dir, id string, m manifest) (Stack, error) {
	it := m.Artifacts[id]
	s := Stack{
		Name: it.Properties.StackName, Tags: it.Properties.Tags,
		Protected: it.Properties.TerminationProtection, templateFile: it.Properties.TemplateFile,
	}
	if s.Name == "" {
		s.Name = id
	}
	where := environmentURL.FindStringSubmatch(it.Environment)
	if where == nil {
		return s, fmt.Errorf("stack %s: environment %q names no account and region", s.Name, it.Environment)
	}
	s.Account, s.Region = where[1], where[2]
	for _, d := range it.Dependencies {
		if m.Artifacts[d].Type == "cdk:asset-manifest" {
			s.assetsFile = m.Artifacts[d].Properties.File
		}
	}
	return s, readJSON(filepath.Join(dir, s.templateFile), &s.Template)
}

func (a *Assembly) setQualifier(it artifact) error {
	found := versionParameter.FindStringSubmatch(it.Properties.VersionParameter)
	if found == nil {
		return fmt.Errorf("%s: no bootstrap qualifier in %q", it.Properties.TemplateFile, it.Properties.VersionParameter)
	}
	if a.Qualifier != "" && a.Qualifier != found[1] {
		return fmt.Errorf("%s: bootstrap qualifier %q, others have %q", it.Properties.TemplateFile, found[1], a.Qualifier)
	}
	a.Qualifier = found[1]
	return nil
}

func readJSON(file string, into any) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	decoder := json.NewDecoder(f)
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
