package config

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// today is the day that the tests judge reviews and certificates by.
var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestEveryCommittedEnvironmentIsValid(t *testing.T) {
	names, err := Environments("environments")
	require.NoError(t, err)
	assert.Equal(t, []string{"dev", "prod", "prod-eu", "staging"}, names)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			e, err := Load("environments", name, today)
			require.NoError(t, err)
			t.Logf("%+v", e.Costs())
		})
	}
}
