package main

import (
	"bytes"
	"log"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/master"
)

const (
	signingSecret = "livechat-test/partner/acme/signing"
	aKey          = "0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABCD"
)

func TestASigningKeyIsReplacedAndThePreviousOneKept(t *testing.T) {
	s := newSecrets(signingSecret, aKey)
	rotates(t, rotator{vault: s}, s, "v1")
	assert.Regexp(t, key, s.values["v1"])
	assert.NotEqual(t, aKey, s.values["v1"])
	rotates(t, rotator{vault: s}, s, "v2")
	assert.NotEqual(t, s.values["v1"], s.values["v2"])
	assert.Equal(t, aKey, s.values["v0"], "nobody changed it")
}

func TestEachStepMayBeCalledAgain(t *testing.T) {
	s := newSecrets(signingSecret, aKey)
	s.begin("v1")
	r := rotator{vault: s}
	for _, step := range steps {
		for range 2 {
			require.NoError(t, r.handle(t.Context(), event{step, s.name, "v1"}), step)
		}
	}
	made := s.values["v1"]
	for _, step := range steps {
		require.NoError(t, r.handle(t.Context(), event{step, s.name, "v1"}), "it is finished")
	}
	assert.Equal(t, made, s.values["v1"])
	assert.Equal(t, "v1", s.labelled(master.Current))
}

func TestARotationThatIsNoneIsRefused(t *testing.T) {
	of := func(change func(s *secrets)) *secrets {
		s := newSecrets(signingSecret, aKey)
		s.begin("v1")
		change(s)
		return s
	}
	for want, c := range map[string]struct {
		s *secrets
		e event
	}{
		"is no kind of secret that the rotator knows": {of(func(s *secrets) { s.name = "livechat-test/llm/openai" }), event{"createSecret", "", "v1"}},
		"is not rotated":                {of(func(s *secrets) { s.rotated = false }), event{"createSecret", "", "v1"}},
		"is not the pending one":        {of(func(*secrets) {}), event{"createSecret", "", "v2"}},
		`there is no step "dropSecret"`: {of(func(*secrets) {}), event{"dropSecret", "", "v1"}},
		"has no value":                  {of(func(*secrets) {}), event{"testSecret", "", "v1"}},
		"is the current one":            {of(func(s *secrets) { s.values["v1"] = aKey }), event{"finishSecret", "", "v1"}},
		"is no signing key":             {of(func(s *secrets) { s.values["v1"] = "short" }), event{"finishSecret", "", "v1"}},
	} {
		before := len(c.s.values)
		assert.ErrorContains(t, rotator{vault: c.s}.handle(t.Context(), c.e), want)
		assert.Len(t, c.s.values, before)
		assert.Equal(t, "v0", c.s.labelled(master.Current))
	}
}

// With a schedule that does not rotate at once, Secrets Manager has a version tested that it removes again.
func TestATrialOfTheScheduleChangesNothing(t *testing.T) {
	for name, value := range map[string]string{signingSecret: aKey, masterSecret: valueOf("nobody.invalid", 5432, first)} {
		s := newSecrets(name, value)
		s.begin("trial")
		s.values["trial"] = value
		require.NoError(t, rotator{vault: s}.handle(t.Context(), event{"testSecret", name, "trial"}))
		assert.Zero(t, s.calls)
		assert.Error(t, rotator{vault: s}.handle(t.Context(), event{"finishSecret", name, "trial"}), "and no rotation comes of it")
	}
}

func TestNoValueIsLogged(t *testing.T) {
	var text bytes.Buffer
	log.SetOutput(&text)
	defer log.SetOutput(os.Stderr)
	s := newSecrets(masterSecret, "not-even-json-"+first)
	assert.Error(t, rotate(t, rotator{vault: s}, s, "v1"))
	s = newSecrets(signingSecret, aKey)
	rotates(t, rotator{vault: s}, s, "v1")
	for _, value := range []string{first, aKey, s.values["v1"]} {
		assert.NotContains(t, text.String(), value)
	}
	assert.Equal(t, 5, strings.Count(text.String(), "\n"), "a line a step")
}
