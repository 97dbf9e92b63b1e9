package template

import "strings"

// Matches says that s, an action, is meant by the pattern with IAM's wildcards * and ?, without regard to case.
func Matches(pattern, s string) bool { return matches(pattern, s, lower) }

// lower is a letter of ASCII, which names of actions are of, without regard to case.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func exact(c byte) byte { return c }

// Like says that s, for example an ARN, is meant by the pattern with IAM's wildcards * and ?, with regard to case.
func Like(pattern, s string) bool { return matches(pattern, s, exact) }

func matches(pattern, s string, as func(byte) byte) bool {
	star, mark, i, j := -1, 0, 0, 0
	for j < len(s) {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, mark = i, j
			i++
		case i < len(pattern) && (pattern[i] == '?' || as(pattern[i]) == as(s[j])):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[i:], "*") == ""
}

// Overlap says that some text is meant by both patterns, without regard to case.
func Overlap(a, b string) bool {
	for i := 0; i < len(a) && i < len(b) && a[i] != '*' && b[i] != '*'; i++ { // most differ soon
		if a[i] != '?' && b[i] != '?' && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	a, b = strings.ToLower(a), strings.ToLower(b)
	// row[j]: what is left of a from i on and of b from j on have a text in common.
	row := make([]bool, len(b)+1)
	row[len(b)] = true
	for j := len(b) - 1; j >= 0; j-- {
		row[j] = row[j+1] && b[j] == '*'
	}
	for i := len(a) - 1; i >= 0; i-- {
		next := make([]bool, len(b)+1)
		next[len(b)] = row[len(b)] && a[i] == '*'
		for j := len(b) - 1; j >= 0; j-- {
			switch {
			case a[i] == '*' || b[j] == '*':
				next[j] = row[j] || next[j+1] // the wildcard ends here, or takes what the other has
			case a[i] == '?' || b[j] == '?' || a[i] == b[j]:
				next[j] = row[j+1]
			}
		}
		row = next
	}
	return row[0]
}
