package intent

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEveryCallerHasItsPageAndWhatHoldsIt(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Callers {
		name := c.Service + " on " + c.On
		assert.NotEmpty(t, c.Source, name)
		assert.Equal(t, len(c.Sends) == 0, c.Instead != "", "%s: what it sends, or what holds it in the place of that", name)
		assert.False(t, seen[name], "%s is there twice", name)
		seen[name] = true
	}
}
