package template

import "strings"

// Matches reports whether s, an action, is meant by the pattern with IAM's wildcards * and ?, without regard to case.
func Matches(pattern, s string) bool { return matches(pattern, s, lower) }

// lower returns a letter of ASCII, which names of actions are of, without regard to case.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func exact(c byte) byte { return c }

// Like reports whether s, for example an ARN, is meant by the pattern with IAM's wildcards * and ?, with regard to case.
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

// Overlap reports whether some text is meant by both patterns, without regard to case.
func Overlap(a, b string) bool {
	for i := 0; i < len(a) && i < len(b) && a[i] != '*' && b[i] != '*'; i++ { // most differ soon
		if a[i] != '?' && b[i] != '?' && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return common(a, b)[0][0]
}

// common reports, for what is left of a from i on and of b from j on, whether they have a text in common, without
// regard to case.
func common(a, b string) [][]bool {
	rows := make([][]bool, len(a)+1)
	for i := len(a); i >= 0; i-- {
		row := make([]bool, len(b)+1)
		for j := len(b); j >= 0; j-- {
			switch {
			case i == len(a) && j == len(b):
				row[j] = true
			case i == len(a):
				row[j] = b[j] == '*' && row[j+1]
			case j == len(b):
				row[j] = a[i] == '*' && rows[i+1][j]
			case a[i] == '*' || b[j] == '*':
				row[j] = rows[i+1][j] || row[j+1] // the wildcard ends here, or takes what the other has
			case a[i] == '?' || b[j] == '?' || lower(a[i]) == lower(b[j]):
				row[j] = rows[i+1][j+1]
			}
		}
		rows[i] = row
	}
	return rows
}

// Meet returns a text that both patterns mean, without regard to case, if there is one.
func Meet(a, b string) (string, bool) {
	left := common(a, b)
	var text strings.Builder
	write := func(c byte) {
		if c == '?' {
			c = 'x'
		}
		if c != '*' {
			text.WriteByte(c)
		}
	}
	for i, j := 0, 0; left[0][0] && i+j < len(a)+len(b); {
		switch {
		case i < len(a) && a[i] == '*' && left[i+1][j]:
			i++
		case j < len(b) && b[j] == '*' && left[i][j+1]:
			j++
		case i < len(a) && a[i] == '*':
			write(b[j])
			j++
		case j < len(b) && b[j] == '*':
			write(a[i])
			i++
		default:
			if a[i] == '?' {
				write(b[j])
			} else {
				write(a[i])
			}
			i, j = i+1, j+1
		}
	}
	return text.String(), left[0][0]
}
