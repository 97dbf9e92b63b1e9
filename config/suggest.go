package config

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
)

// closest is the candidate that word most likely meant, or "" if none is near.
func closest(word string, candidates []string) string {
	best, distance := "", max(2, len(word)/3)+1
	for _, c := range candidates {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(c)); d < distance {
			best, distance = c, d
		}
	}
	return best
}

// maxListed bounds how many candidates a message lists.
const maxListed = 20

// unknown says that word is no such thing, and what it may have meant.
func unknown(what, word string, candidates []string) string {
	if near := closest(word, candidates); near != "" {
		return fmt.Sprintf("unknown %s %q; did you mean %q?", what, word, near)
	}
	switch n := len(candidates); {
	case n == 0:
		return fmt.Sprintf("unknown %s %q; there is none", what, word)
	case n > maxListed:
		candidates = append(candidates[:maxListed:maxListed], "…")
	}
	return fmt.Sprintf("unknown %s %q; it is one of %s", what, word, strings.Join(candidates, ", "))
}

// texts are values of any kind of word, as words.
func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
