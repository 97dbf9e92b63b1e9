package template

import "strings"

// refAttribute is the name, in a token, of what Ref gives.
const refAttribute = "Ref"

// token returns the text that stands for what AWS assigns to a resource.
func token(stack, id, attribute string) string {
	return "${" + stack + "/" + id + "." + attribute + "}"
}

// derive returns the token of a part of what a token stands for.
func derive(token, part string) any {
	if strings.Contains(part, "}") {
		return unknown("a part of %s", token)
	}
	return token[:len(token)-1] + "." + part + "}"
}

// isToken reports whether the text is one token and nothing else.
func isToken(text string) bool {
	t, rest, ok := cutToken(text)
	return ok && rest == "" && t != ""
}

// hasToken reports whether there is a token in the text.
func hasToken(text string) bool {
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			return false
		}
		if _, _, ok := cutToken(text[i:]); ok {
			return true
		}
		text = text[i+2:]
	}
}

// cutToken splits a token off the front of the text. An IAM policy variable such as ${aws:username} is none.
func cutToken(text string) (token, rest string, ok bool) {
	if !strings.HasPrefix(text, "${") {
		return "", text, false
	}
	end := strings.IndexByte(text, '}')
	if end < 0 {
		return "", text, false
	}
	stack, name, ok := strings.Cut(text[2:end], "/")
	id, attribute, dotted := strings.Cut(name, ".")
	if !ok || !dotted || attribute == "" || id == "" || !plainName(stack) {
		return "", text, false
	}
	return text[:end+1], text[end+1:], true
}

// plainName reports whether it could be a stack's name.
func plainName(s string) bool {
	for _, c := range []byte(s) {
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}
