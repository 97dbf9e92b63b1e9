package template

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// assembly reads the stacks that manifest.json lists (cloud assembly schema, "AssemblyManifest").
func (f folder) assembly(files []string) (*Estate, error) {
	manifest, _, err := f.object(manifestFile)
	if err != nil {
		return nil, err
	}
	stacks, names, err := f.stacks(section(manifest, "artifacts"))
	if err != nil {
		return nil, err
	}
	if err := f.strays(files, stacks); err != nil {
		return nil, err
	}
	for _, s := range stacks {
		s.Dependencies = among(names, s.Dependencies)
		if err := f.load(s); err != nil {
			return nil, err
		}
	}
	e, err := f.assemble(stacks)
	if err == nil {
		e.missing = missing(manifest["missing"])
	}
	return e, err
}

// stacks returns those among the artifacts, and their names by artifact.
func (f folder) stacks(artifacts map[string]any) (stacks []*Stack, names map[string]string, err error) {
	names = map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(artifacts)) {
		a := Of(artifacts[id])
		switch a.Get("type").Text() {
		case "aws:cloudformation:stack":
			s, err := f.stack(id, a)
			if err != nil {
				return nil, nil, err
			}
			stacks, names[id] = append(stacks, s), s.Name
		case "cdk:cloud-assembly":
			return nil, nil, f.errorf(manifestFile, "%s is a nested assembly (a CDK Stage), which is not read", id)
		case "":
			return nil, nil, f.errorf(manifestFile, "artifact %s has no type", id)
		}
	}
	if len(stacks) == 0 {
		return nil, nil, f.errorf(manifestFile, "it lists no stack")
	}
	return stacks, names, nil
}

var environment = regexp.MustCompile(`^aws://([0-9]{12})/([a-z]{2}(?:-[a-z]+)+-[0-9]+)$`)

// stack returns what the manifest says of one stack; its dependencies are still artifacts.
func (f folder) stack(id string, a Value) (*Stack, error) {
	p := a.Get("properties")
	s := &Stack{Name: id, File: p.Get("templateFile").Text(), TerminationProtection: p.Get("terminationProtection").True()}
	if name := p.Get("stackName").Text(); name != "" {
		s.Name = name
	}
	where := environment.FindStringSubmatch(a.Get("environment").Text())
	if where == nil {
		return nil, f.errorf(manifestFile, "stack %s has no certain account and region, but %q", id, a.Get("environment").Text())
	}
	s.Account, s.Region = where[1], where[2]
	if !fs.ValidPath(s.File) || strings.Contains(s.File, "/") {
		return nil, f.errorf(manifestFile, "stack %s has its template in %q, which is not in the folder", id, s.File)
	}
	s.Tags, s.arguments = plainMap(p.Get("tags")), plainMap(p.Get("parameters"))
	s.Dependencies = texts(a.Get("dependencies"))
	return s, nil
}

// strays refuses a template that no stack has: it would be deployed by hand, or never judged.
func (f folder) strays(files []string, stacks []*Stack) error {
	listed := map[string]string{}
	for _, s := range stacks {
		if other := listed[s.File]; other != "" {
			return f.errorf(s.File, "the manifest lists it for both %s and %s", other, s.Name)
		}
		listed[s.File] = s.Name
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".template.json") && listed[file] == "" {
			return f.errorf(file, "a template that %s does not list", manifestFile)
		}
	}
	return nil
}

// among returns the names of those artifacts that are stacks, sorted.
func among(names map[string]string, artifacts []string) []string {
	var found []string
	for _, id := range artifacts {
		if names[id] != "" {
			found = append(found, names[id])
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func plainMap(v Value) map[string]string {
	m := map[string]string{}
	for key, x := range v.Map() {
		m[key] = x.Text()
	}
	return m
}

func missing(x any) []Missing {
	var all []Missing
	for _, v := range Of(x).List() {
		all = append(all, Missing{v.Get("key").Text(), v.Get("provider").Text()})
	}
	return all
}
