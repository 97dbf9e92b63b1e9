package main

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"

	"livechat.example/cloud/policies"
)

// places finds where in the files a finding belongs, so that an editor or a review can go there.
type places struct {
	dir   string
	lines map[string]map[string]int // by file and logical id
}

// file returns the finding's file in the assembly: its template, or the manifest for what is wrong with the estate; ""
// if there is neither.
func (p places) file(f policies.Finding) string {
	if f.File != "" {
		return f.File
	}
	if _, err := os.Stat(filepath.Join(p.dir, "manifest.json")); err != nil {
		return ""
	}
	return "manifest.json"
}

// line returns where the finding's resource starts in its template, counted from 1; 1 for the template as a whole.
func (p *places) line(f policies.Finding) int {
	if f.LogicalID == "" {
		return 1
	}
	lines, known := p.lines[f.File]
	if !known {
		if p.lines == nil {
			p.lines = map[string]map[string]int{}
		}
		data, _ := os.ReadFile(filepath.Join(p.dir, f.File)) // it was read a moment ago; a line is not worth failing for
		lines = linesOf(data)
		p.lines[f.File] = lines
	}
	return max(1, lines[f.LogicalID])
}

// linesOf returns the lines where a template's resources start.
func linesOf(data []byte) map[string]int {
	lines := map[string]int{}
	line, from := 1, 0
	d := json.NewDecoder(bytes.NewReader(data))
	entries(d, func(section string) bool {
		return section == "Resources" && entries(d, func(id string) bool {
			offset := int(d.InputOffset()) // just after the key
			line += bytes.Count(data[from:offset], []byte("\n"))
			from, lines[id] = offset, line
			return false
		})
	})
	return lines
}

// entries calls read with each key of the object that comes next, and skips the value unless read has consumed it.
func entries(d *json.Decoder, read func(key string) bool) bool {
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return true
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return true
		}
		if name, _ := key.(string); read(name) {
			continue
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return true
		}
	}
	_, _ = d.Token() // the closing brace
	return true
}

// shown returns the file's path as a person would open it.
func (p places) shown(file string) string { return filepath.ToSlash(filepath.Join(p.dir, file)) }

// uri returns the file's relative reference and what it starts from: the working directory (%SRCROOT%, as GitHub names
// the repository's root) or, if the assembly lies elsewhere, the assembly (no name).
func (p places) uri(file string) (uri, base string) {
	here, err := filepath.Abs(".")
	if err == nil {
		there, err := filepath.Abs(filepath.Join(p.dir, file))
		if err == nil {
			if rel, err := filepath.Rel(here, there); err == nil && filepath.IsLocal(rel) {
				return relative(rel), "%SRCROOT%"
			}
		}
	}
	return relative(file), ""
}

func relative(path string) string { return (&url.URL{Path: filepath.ToSlash(path)}).String() }
