package access

import "strings"

// variable returns the next policy variable of a text: what stands before and after it, its key and its default. What a
// template's token stands for is none: a token names a stack and a resource, with no colon between.
func variable(text string) (before, key, fallback, after string, found bool) {
	for from := 0; ; {
		i := strings.Index(text[from:], "${")
		if i < 0 {
			return text, "", "", "", false
		}
		i += from
		end := strings.IndexByte(text[i:], '}')
		if end < 0 {
			return text, "", "", "", false
		}
		inner := text[i+2 : i+end]
		if special(inner) || strings.Contains(inner, ":") && !isToken(inner) {
			name, rest, has := strings.Cut(inner, ",")
			if has {
				fallback = strings.Trim(strings.TrimSpace(rest), "'")
			}
			return text[:i], strings.TrimSpace(name), fallback, text[i+end+1:], true
		}
		from = i + 2
	}
}

// special reports whether a variable stands for what would be a wildcard or a variable's start.
func special(inner string) bool { return inner == "*" || inner == "?" || inner == "$" }

// isToken reports whether the inside of ${…} is a template's token: stack/LogicalId.Attribute.
func isToken(inner string) bool {
	stack, name, slash := strings.Cut(inner, "/")
	_, _, dot := strings.Cut(name, ".")
	return slash && dot && !strings.Contains(stack, ":")
}

// variables reports whether a statement's document knows policy variables ("IAM JSON policy elements: Version").
func (s *statement) variables() bool { return s.Version == "2012-10-17" }

// literal hides a character that a value must not lend to a pattern.
var literal = strings.NewReplacer("*", "\x01", "?", "\x02")

// substitute puts what the request has in the place of a text's policy variables. unset says that the request has no
// such thing, open is a key that the question leaves open.
func (e *evaluation) substitute(s *statement, text string) (plain string, unset bool, open string) {
	if !s.variables() || !strings.Contains(text, "${") {
		return text, false, ""
	}
	var b strings.Builder
	for {
		before, key, fallback, after, found := variable(text)
		b.WriteString(before)
		if !found {
			return b.String(), unset, open
		}
		text = after
		if special(key) {
			b.WriteString(literal.Replace(key))
			continue
		}
		switch f := e.fact(key); {
		case f.open || f.why != "":
			open = key
			if f.why != "" {
				e.doubt(f.why)
			}
		case len(f.values) == 1:
			b.WriteString(literal.Replace(f.values[0]))
		case fallback != "":
			b.WriteString(fallback)
		default:
			unset = true
		}
	}
}

// loosened returns a text with any value for its variables.
func loosened(text string) string {
	var b strings.Builder
	for {
		before, _, _, after, found := variable(text)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte('*')
		text = after
	}
}
