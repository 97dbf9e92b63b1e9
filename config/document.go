package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	// maxFileBytes bounds what the YAML parser is given: the largest honest file is a partner with thousands of addresses.
	maxFileBytes = 64 << 10
	// maxLineBytes and maxBrackets bound how deep collections may nest: the parser's time grows with the square of it.
	maxLineBytes = 1000
	maxBrackets  = 1000
)

// place is where a person reads a value: the key that introduces it and the value itself.
type place struct{ key, value *token.Position }

// document is one YAML file under judgement: where each value stands, and what is wrong so far.
type document struct {
	file   string
	places map[string]place // by path, such as regions[1].cidr
	broken map[string]bool  // paths whose value could not be read: nothing more is said of them
	faults Faults
}

func newDocument(file string) *document {
	return &document{file: file, places: map[string]place{"": {}}, broken: map[string]bool{}}
}

// fault reports what is wrong with the value at path, or with what should hold it if it is not there.
func (d *document) fault(path, format string, args ...any) {
	if d.unreadable(path) {
		return
	}
	p := d.nearest(path).value
	d.report(p, format, args...)
}

// faultAtKey is fault, pointing at the key that introduces the value.
func (d *document) faultAtKey(path, format string, args ...any) {
	if d.unreadable(path) {
		return
	}
	p := d.nearest(path)
	if p.key == nil {
		p.key = p.value
	}
	d.report(p.key, format, args...)
}

// reject reports a value that cannot be read, so that what follows from its absence is not reported too.
func (d *document) reject(path string, at *token.Position, format string, args ...any) {
	d.broken[path] = true
	d.report(at, format, args...)
}

func (d *document) report(at *token.Position, format string, args ...any) {
	f := Fault{File: d.file, Line: 1, Column: 1, Message: oneLine(fmt.Sprintf(format, args...))}
	if at != nil {
		f.Line, f.Column = at.Line, at.Column
	}
	d.faults = append(d.faults, f)
}

// unreadable says whether the value at path, or one that holds it, could not be read.
func (d *document) unreadable(path string) bool {
	for ; path != ""; path = parent(path) {
		if d.broken[path] {
			return true
		}
	}
	return d.broken[""]
}

func (d *document) nearest(path string) place {
	for {
		if p, ok := d.places[path]; ok || path == "" {
			return p
		}
		path = parent(path)
	}
}

func parent(path string) string { return path[:max(0, strings.LastIndexAny(path, ".["))] }

func item(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

func field(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// oneLine keeps what a file says from breaking the report's form of a fault a line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
}

// parse reads the one YAML document that a file may hold; nil: it cannot be read, and a fault says why.
func (d *document) parse(content []byte) (root ast.Node) {
	// The parser is another's code on a stranger's bytes; its panic is the file's fault, not the program's.
	defer func() {
		if p := recover(); p != nil {
			root = nil
			d.reject("", nil, "cannot be read as YAML; write it plainly")
		}
	}()
	if at, why := unsafeText(content); why != "" {
		d.reject("", at, "%s", why)
		return nil
	}
	file, err := parser.ParseBytes(content, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.rejectSyntax(err)
		return nil
	}
	return d.only(file)
}

// only is the body of the file's single document.
func (d *document) only(file *ast.File) ast.Node {
	var bodies []ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil || doc.Body.Type() == ast.CommentType:
		case doc.Body.Type() == ast.DirectiveType:
			d.reject("", start(doc.Body), "YAML directives are not allowed; leave the line out")
			return nil
		default:
			bodies = append(bodies, doc.Body)
		}
	}
	switch len(bodies) {
	case 0:
		d.reject("", nil, "the file is empty")
		return nil
	case 1:
		return bodies[0]
	}
	d.reject("", start(bodies[1]), "a second YAML document; a file holds one")
	return nil
}

func (d *document) rejectSyntax(err error) {
	var syntax yaml.Error
	if errors.As(err, &syntax) && syntax.GetToken() != nil {
		d.reject("", syntax.GetToken().Position, "not YAML: %s", syntax.GetMessage())
		return
	}
	d.reject("", nil, "not YAML: %v", err)
}

// unsafeText says where and why content should not reach the YAML parser at all; why is "" if it may.
func unsafeText(content []byte) (at *token.Position, why string) {
	if len(content) > maxFileBytes {
		return nil, fmt.Sprintf("the file is larger than %d bytes; split or shorten it", maxFileBytes)
	}
	number, brackets := 0, 0
	for line := range bytes.Lines(content) {
		number++
		brackets += bytes.Count(line, []byte("[")) + bytes.Count(line, []byte("{"))
		switch column, why := unsafeLine(line); {
		case why != "":
			return &token.Position{Line: number, Column: column}, why
		case brackets > maxBrackets:
			return &token.Position{Line: number, Column: 1}, fmt.Sprintf("more than %d brackets; write lists a line per item", maxBrackets)
		}
	}
	return nil, ""
}

func unsafeLine(line []byte) (column int, why string) {
	if len(line) > maxLineBytes {
		return 1, fmt.Sprintf("the line is longer than %d bytes; break it", maxLineBytes)
	}
	indent := len(line) - len(bytes.TrimLeft(line, " \t"))
	if tab := bytes.IndexByte(line[:indent], '\t'); tab >= 0 {
		return tab + 1, "a tab indents the line; use spaces"
	}
	for i, r := range string(bytes.TrimRight(line, "\r\n")) {
		switch {
		case r == utf8.RuneError:
			return i + 1, "the line is not UTF-8 text"
		case r < ' ' && r != '\t', r == 0x7f:
			return i + 1, fmt.Sprintf("the control character %U; take it out", r)
		}
	}
	return 0, ""
}

// start is where a person sees a node begin: a mapping at its first key.
func start(n ast.Node) *token.Position {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return start(m.Values[0])
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		n = m.Key
	}
	if n == nil || n.GetToken() == nil {
		return nil
	}
	return n.GetToken().Position
}
