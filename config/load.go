package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// Load reads the environment env of the folder root, with all its partners, as of today. Its error is Faults: everything
// that is wrong in any of the files.
func Load(root, env string, today time.Time) (Environment, error) {
	return load(os.DirFS(root), root, env, DateOf(today))
}

// Environments lists the environments in the folder root: the folders that hold an environment.yaml, by name.
func Environments(root string) ([]string, error) { return environments(os.DirFS(root), root) }

func environments(files fs.FS, root string) ([]string, error) {
	found, err := fs.Glob(files, "*/environment.yaml")
	if err == nil && len(found) == 0 {
		_, err = fs.Stat(files, ".")
	}
	if err != nil {
		return nil, Faults{{File: root, Message: "cannot be read; it is the folder of the environments"}}
	}
	var names []string
	for _, file := range found {
		if folder, err := fs.Lstat(files, path.Dir(file)); err == nil && folder.IsDir() { // no links
			names = append(names, path.Dir(file))
		}
	}
	return names, nil
}

// reader reads one environment's folder; it gathers the faults of all files.
type reader struct {
	files  fs.FS  // rooted at the folder of environments
	root   string // that folder as the caller named it, to begin every fault's file with
	today  Date
	faults Faults
}

func load(files fs.FS, root, env string, today Date) (Environment, error) {
	known, err := environments(files, root)
	if err != nil {
		return Environment{}, err
	}
	if len(known) == 0 {
		return Environment{}, Faults{{File: root, Message: "holds no environment: no folder with an environment.yaml"}}
	}
	if !slices.Contains(known, env) {
		return Environment{}, Faults{{File: root, Message: unknown("environment", env, known)}}
	}
	r := &reader{files: files, root: root, today: today}
	e := r.environment(env)
	if len(r.faults) > 0 {
		return Environment{}, r.faults.sorted()
	}
	return e, nil
}

func (r *reader) environment(name string) Environment {
	e := Environment{Name: name}
	d := r.document(path.Join(name, "environment.yaml"), &e)
	r.refuseStrays(name, func(f fs.DirEntry) bool {
		return f.Name() == "environment.yaml" && f.Type().IsRegular() || f.Name() == "partners" && f.IsDir()
	}, "an environment is environment.yaml and partners/")
	d.checkEnvironment(e)

	partners := r.partners(name)
	checkTogether(e, d, partners, r.today)
	r.faults = append(r.faults, d.faults...)
	for _, p := range partners {
		r.faults = append(r.faults, p.doc.faults...)
		e.Partners = append(e.Partners, p.Partner)
	}
	return e
}

// document reads one YAML file into what into points at.
func (r *reader) document(name string, into any) *document {
	d := newDocument(path.Join(r.root, name))
	content, why := r.read(name)
	if why != "" {
		d.reject("", nil, "%s", why)
		return d
	}
	if root := d.parse(content); root != nil {
		d.decode(root, into)
	}
	return d
}

// read is a regular file's content; else it says why it is not read.
func (r *reader) read(name string) (content []byte, why string) {
	info, err := fs.Lstat(r.files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "is not there"
	case err != nil || !info.Mode().IsRegular():
		return nil, "is not a regular file; links are not followed"
	}
	f, err := r.files.Open(name)
	if err != nil {
		return nil, "cannot be opened"
	}
	defer f.Close()
	if content, err = io.ReadAll(io.LimitReader(f, maxFileBytes+1)); err != nil {
		return nil, "cannot be read"
	}
	if len(content) > maxFileBytes {
		return nil, fmt.Sprintf("is larger than %d bytes; split or shorten it", maxFileBytes)
	}
	return content, ""
}

// refuseStrays reports each file of a folder that is not expected there: one that nothing reads is one that somebody thinks is read.
func (r *reader) refuseStrays(folder string, expected func(fs.DirEntry) bool, rule string) {
	entries, err := fs.ReadDir(r.files, folder)
	if err != nil {
		r.faults = append(r.faults, Fault{File: path.Join(r.root, folder), Message: "cannot be read"})
	}
	for _, f := range entries {
		if !expected(f) {
			r.faults = append(r.faults, Fault{File: path.Join(r.root, folder, f.Name()), Message: oneLine(stray(f, rule))})
		}
	}
}

func stray(f fs.DirEntry, rule string) string {
	switch {
	case f.Type()&fs.ModeSymlink != 0:
		return "is a link, which is not followed; put the file itself here"
	case strings.HasSuffix(f.Name(), ".yml"):
		return fmt.Sprintf("is read by nothing; did you mean %q?", strings.TrimSuffix(f.Name(), ".yml")+".yaml")
	}
	return "is read by nothing; " + rule
}
