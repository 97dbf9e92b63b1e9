package policies

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

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
