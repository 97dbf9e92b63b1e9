package template

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzDecode: what both this decoder and encoding/json take, they read alike; and what one takes, the other refuses only for
// what this one is stricter about.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"a": [1, -2.5e3, true, false, null, {}], "b\n\u00e9\ud83d\ude00\/": "\"x\\"}`, ` [ ] `, `""`, `{"a":{"a":1}}`, `123456789012345678901`, `{"a":1,"a":2}`, "\"\xff\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := decode([]byte(text))
		var want any
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if !json.Valid([]byte(text)) {
			require.Error(t, err)
			return
		}
		require.NoError(t, d.Decode(&want))
		if err != nil {
			assert.Regexp(t, `stands twice|not UTF-8|nested too deeply`, err.Error())
			return
		}
		require.Equal(t, numbers(want), numbers(got))
	})
}

// numbers makes every number a float64, to compare.
func numbers(x any) any {
	switch x := x.(type) {
	case json.Number:
		f, _ := x.Float64()
		return f
	case []any:
		for i := range x {
			x[i] = numbers(x[i])
		}
	case map[string]any:
		for k := range x {
			x[k] = numbers(x[k])
		}
	}
	return x
}

func TestALongNumberKeepsItsDigits(t *testing.T) {
	x, err := decode([]byte(`[123456789012345678, 1e400, 12]`))
	require.NoError(t, err)
	assert.Equal(t, []any{json.Number("123456789012345678"), json.Number("1e400"), 12.0}, x)
}
