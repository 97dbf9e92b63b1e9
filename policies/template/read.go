package template

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const manifestFile = "manifest.json"

// Read reads a folder of synthesized templates: a cloud assembly by its manifest.json, or, without one, every
// *.template.json (and every other *.json that has Resources). It refuses what it would judge wrongly: JSON that is
// truncated or has a key twice (with the place), a template that the manifest lists and that is not there, or that lies
// there unlisted, a stack without a certain account and region, a nested assembly, a template without resources.
func Read(dir string) (*Estate, error) { return ReadFS(os.DirFS(dir), filepath.ToSlash(dir)) }

// ReadFS reads from a file system, whose files it calls name/file.
func ReadFS(fsys fs.FS, name string) (*Estate, error) {
	f := folder{fsys, strings.TrimSuffix(name, "/")}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, plainly(err))
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".json") {
			files = append(files, e.Name())
		}
	}
	if slices.Contains(files, manifestFile) {
		return f.assembly(files)
	}
	return f.bare(files)
}

// folder is where an estate is read from.
type folder struct {
	fsys fs.FS
	name string
}

// plainly returns an error without the operation and the path that it repeats.
func plainly(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (f folder) errorf(file, format string, args ...any) error {
	return fmt.Errorf("%s/%s: %w", f.name, file, fmt.Errorf(format, args...))
}

// object reads a file that is one JSON object, and its size in bytes.
func (f folder) object(file string) (map[string]any, int, error) {
	data, err := fs.ReadFile(f.fsys, file)
	if err != nil {
		return nil, 0, f.errorf(file, "%w", plainly(err))
	}
	x, err := decode(data)
	if err != nil {
		return nil, 0, f.errorf(file, "%w", err)
	}
	m, ok := x.(map[string]any)
	if !ok {
		return nil, 0, f.errorf(file, "not a JSON object")
	}
	return m, len(data), nil
}

// load reads a stack's template, and checks what the template says of the stack against what is known.
func (f folder) load(s *Stack) error {
	body, size, err := f.object(s.File)
	if err != nil {
		return err
	}
	if err := sound(body); err != nil {
		return f.errorf(s.File, "%w", err)
	}
	told, _ := path(body, "Metadata", "LiveChat").(map[string]any)
	for _, known := range []*string{&s.Region, &s.Account} {
		key := "region"
		if known == &s.Account {
			key = "account"
		}
		t, ok := told[key].(string)
		switch {
		case !ok || t == "" || t == "global":
		case *known == "":
			*known = t
		case *known != t:
			return f.errorf(s.File, "Metadata.LiveChat says %s %s, the manifest says %s", key, t, *known)
		}
	}
	s.Size = size
	s.use(body)
	return nil
}

// sound refuses a template that cannot be judged resource by resource.
func sound(body map[string]any) error {
	resources, ok := body["Resources"].(map[string]any)
	if !ok || len(resources) == 0 {
		return errors.New("the template has no Resources")
	}
	for id, x := range resources {
		r, _ := x.(map[string]any)
		if t, _ := r["Type"].(string); t == "" {
			return fmt.Errorf("resource %s has no Type", id)
		}
	}
	for _, name := range []string{"Outputs", "Parameters", "Conditions", "Mappings", "Metadata"} {
		if _, ok := body[name].(map[string]any); !ok && body[name] != nil {
			return fmt.Errorf("%s is not an object", name)
		}
	}
	return nil
}

// bare reads a folder that has no manifest.
func (f folder) bare(files []string) (*Estate, error) {
	var stacks []*Stack
	for _, file := range files {
		name, certain := strings.CutSuffix(file, ".template.json")
		if !certain {
			name = strings.TrimSuffix(file, ".json")
			body, _, err := f.object(file)
			if err != nil {
				return nil, err
			}
			if _, is := body["Resources"].(map[string]any); !is {
				continue
			}
		}
		s := &Stack{Name: name, File: file}
		if err := f.load(s); err != nil {
			return nil, err
		}
		if s.Region == "" {
			return nil, f.errorf(file, "without a manifest, Metadata.LiveChat must say the region")
		}
		stacks = append(stacks, s)
	}
	if len(stacks) == 0 {
		return nil, fmt.Errorf("%s: neither %s nor a template", f.name, manifestFile)
	}
	return f.assemble(stacks)
}

func (f folder) assemble(stacks []*Stack) (*Estate, error) {
	e, err := assemble(stacks)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	return e, nil
}
