package stacks

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryFindingOfCDKsValidatorIsAFaultUnlessItInformsOnly(t *testing.T) {
	report := func(conclusion, severity string) string {
		finding := `{"ruleName": "W3010", "description": "names a zone", "severity": "` + severity + `", "violatingConstructs": [{"constructPath": "a/Subnet"}]}`
		if severity == "" {
			finding = ""
		}
		return `{"pluginReports": [{"pluginName": "P", "conclusion": "` + conclusion + `", "violations": [` + finding + `]}]}`
	}
	for text, want := range map[string]string{
		report("success", ""):        "",
		report("success", "info"):    "",
		report("success", "warning"): "a/Subnet: W3010 names a zone (P)",
		report("failure", "error"):   "a/Subnet: W3010 names a zone (P)",
		report("failure", ""):        "P: failure",
	} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "validation-report.json"), []byte(text), 0o600))
		if err := validated(dir); want == "" {
			assert.NoError(t, err, text)
		} else {
			assert.EqualError(t, err, want, text)
		}
	}
	assert.NoError(t, validated(t.TempDir()), "the validator did not run")
}
