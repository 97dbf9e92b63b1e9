package localaws

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"livechat.example/cloud/localaws/assembly"
)

// TestTheSupportedTypesAreThoseOfTheInstalledEmulator shows, after an upgrade, what can be un-stubbed.
func TestTheSupportedTypesAreThoseOfTheInstalledEmulator(t *testing.T) {
	tools, err := ToolsIn(*root)
	if err != nil {
		t.Fatal(err)
	}
	script := `from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as h; print(*sorted(h))`
	out, err := exec.CommandContext(t.Context(), tools.Python, "-c", script).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	installed := strings.Fields(string(out))
	for _, kind := range installed {
		if !slices.Contains(assembly.Supported(), kind) {
			t.Errorf("the emulator now provisions %s: add it to supported.txt, and it is no longer stubbed", kind)
		}
	}
	for _, kind := range assembly.Supported() {
		if !slices.Contains(installed, kind) {
			t.Errorf("the emulator no longer provisions %s: take it out of supported.txt", kind)
		}
	}
	if !slices.IsSorted(assembly.Supported()) {
		t.Error("supported.txt is not sorted")
	}
}

// TestADiffThatComparedNothingIsAnError, because the cdk CLI exits 0 for it.
func TestADiffThatComparedNothingIsAnError(t *testing.T) {
	if d, err := readDiff("nothing to see"); err == nil {
		t.Errorf("read as %+v", d)
	}
	d, err := readDiff("Stack a-b (aws://1/r)\nThere were no differences\nStack c (aws://1/r)\n\n✨  Number of stacks with differences: 1\n")
	if err != nil || !slices.Equal(d.Compared, []string{"a-b", "c"}) || d.Differing != 1 {
		t.Errorf("read as %+v, %v", d, err)
	}
}

// TestMissingToolsAreNamedWithTheTargetThatInstallsThem also on a machine that has never run make.
func TestMissingToolsAreNamedWithTheTargetThatInstallsThem(t *testing.T) {
	_, err := ToolsIn(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), ".venv") || !strings.Contains(err.Error(), "make setup") {
		t.Errorf("got %v", err)
	}
}
