package policies

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryPolicyIsWhole(t *testing.T) {
	id := regexp.MustCompile(`^[A-Z]+-\d\d$`)
	seen := map[string]bool{}
	for _, retired := range Retired {
		seen[retired] = true
	}
	for _, p := range Catalogue() {
		assert.Regexp(t, id, p.ID)
		assert.False(t, seen[p.ID], "%s is given out twice", p.ID)
		seen[p.ID] = true
		assert.NotEmpty(t, p.Title, p.ID)
		assert.NotRegexp(t, `\.$`, p.Title, "%s: a title is a sentence without its stop", p.ID)
		assert.Regexp(t, `^S?T?R?I?D?E?$`, p.STRIDE, p.ID)
		assert.NotEmpty(t, p.STRIDE, p.ID)
		assert.Contains(t, []Severity{High, Medium, Low}, p.Severity, p.ID)
		assert.NotEmpty(t, p.Component, p.ID)
		assert.NotEmpty(t, p.Fix, p.ID)
		assert.NotEmpty(t, p.Reads, p.ID)
		assert.NotNil(t, p.Check, p.ID)
	}
}

// The words must stand in the document, after the heading and before the next of its kind.
func TestEverySourceIsInTheThreatModelWordForWord(t *testing.T) {
	for _, p := range Catalogue() {
		document, err := os.ReadFile("../docs/threat-model/" + p.Source.Document)
		require.NoError(t, err, p.ID)
		_, after, found := strings.Cut(string(document), p.Source.Heading)
		require.True(t, found, "%s: no heading %q in %s", p.ID, p.Source.Heading, p.Source.Document)
		if p.Source.Document == questions {
			after, _, _ = strings.Cut(after, "### Question")
		}
		assert.Contains(t, after, p.Source.Says, p.ID)
		assert.NotEmpty(t, p.Source.Says, p.ID)
	}
}

func TestAWaiverHoldsItsLastDayAndNoLonger(t *testing.T) {
	finding := Finding{Policy: Policy{ID: "STORE-01"}, Stack: "s", LogicalID: "b"}
	waivers := []Waiver{{Policy: "STORE-01", Resource: "s/b", Expires: "2026-11-22"}}
	day := func(s string) time.Time { d, _ := time.Parse(time.DateTime, s); return d }
	assert.True(t, waived(finding, waivers, day("2026-11-22 23:59:59")))
	assert.False(t, waived(finding, waivers, day("2026-11-23 00:00:00")))
	finding.LogicalID = "c"
	assert.False(t, waived(finding, waivers, day("2026-11-22 00:00:00")), "it names one resource")
	waivers[0] = Waiver{Policy: "STORE-01", Resource: "s/c", Expires: "next week"}
	assert.False(t, waived(finding, waivers, day("2026-11-22 00:00:00")), "a date that cannot be read keeps nothing alive")
}
