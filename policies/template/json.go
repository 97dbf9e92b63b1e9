package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// maxNesting is how deep JSON may go; CloudFormation's own documents stay under fifty.
const maxNesting = 256

// decode reads one JSON document. Unlike encoding/json it refuses a key that stands twice in an object, since two
// readers may then see two templates.
func decode(data []byte) (any, error) {
	if !json.Valid(data) {
		return nil, syntaxError(data)
	}
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8")
	}
	d := decoder{data: data, words: map[string]string{}}
	x := d.value()
	return x, d.err
}

// syntaxError returns what is wrong with data, and where.
func syntaxError(data []byte) error {
	var x any
	err := json.Unmarshal(data, &x)
	var s *json.SyntaxError
	if errors.As(err, &s) {
		return at(data, int(s.Offset), err.Error())
	}
	return err
}

func at(data []byte, offset int, what string) error {
	offset = min(offset, len(data))
	line := 1 + bytes.Count(data[:offset], []byte("\n"))
	return fmt.Errorf("line %d (byte %d): %s", line, offset, what)
}

// decoder decodes what is known to be valid.
type decoder struct {
	data  []byte
	pos   int
	depth int
	words map[string]string // keys already seen, so that each is kept once
	err   error             // the first thing found wrong
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = at(d.data, d.pos, what)
	}
}

// next returns the next byte that is not white space.
func (d *decoder) next() byte {
	for d.pos < len(d.data) {
		switch c := d.data[d.pos]; c {
		case ' ', '\n', '\t', '\r':
			d.pos++
		default:
			return c
		}
	}
	return 0
}

func (d *decoder) value() any {
	switch c := d.next(); c {
	case '{', '[':
		if d.depth++; d.depth > maxNesting {
			d.fail("nested too deeply")
			d.pos = len(d.data)
			return nil
		}
		defer func() { d.depth-- }()
		if c == '{' {
			return d.object()
		}
		return d.array()
	case '"':
		return string(d.text())
	case 't':
		d.pos += len("true")
		return true
	case 'f':
		d.pos += len("false")
		return false
	case 'n':
		d.pos += len("null")
		return nil
	}
	return d.number()
}

func (d *decoder) object() map[string]any {
	m := map[string]any{}
	d.pos++
	for d.err == nil && d.next() != '}' {
		if d.data[d.pos] == ',' {
			d.pos++
			d.next()
		}
		raw := d.text()
		key, known := d.words[string(raw)]
		if !known {
			key = string(raw)
			d.words[key] = key
		}
		if _, twice := m[key]; twice {
			d.fail("the key " + strconv.Quote(key) + " stands twice")
		}
		d.next()
		d.pos++ // the colon
		m[key] = d.value()
	}
	d.pos++
	return m
}

func (d *decoder) array() []any {
	l := []any{}
	d.pos++
	for d.err == nil && d.next() != ']' {
		if d.data[d.pos] == ',' {
			d.pos++
		}
		l = append(l, d.value())
	}
	d.pos++
	return l
}

// text returns a JSON string, decoded; it may lie in the input.
func (d *decoder) text() []byte {
	start, plain := d.pos, true
	for d.pos++; d.data[d.pos] != '"'; d.pos++ {
		if d.data[d.pos] == '\\' {
			plain = false
			d.pos++
		}
	}
	d.pos++
	if plain {
		return d.data[start+1 : d.pos-1]
	}
	var s string
	if err := json.Unmarshal(d.data[start:d.pos], &s); err != nil {
		d.fail(err.Error())
	}
	return []byte(s)
}

// number keeps the digits of a number that a float64 does not hold.
func (d *decoder) number() any {
	start := d.pos
	for d.pos < len(d.data) && bytes.IndexByte([]byte("+-.0123456789eE"), d.data[d.pos]) >= 0 {
		d.pos++
	}
	text := string(d.data[start:d.pos])
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || len(text) > 15 {
		return json.Number(text)
	}
	return f
}
