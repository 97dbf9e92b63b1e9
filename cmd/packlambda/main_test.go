package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever wants to know what runs in AWS builds it anew and compares.
func TestTwoFoldersGiveTheSameBytes(t *testing.T) {
	var packed [2][]byte
	for i := range packed {
		folder := t.TempDir()
		for name, text := range map[string]string{
			"go.mod":  "module example.test/lambda\n\ngo 1.26.0\n",
			"main.go": "package main\n\nimport \"fmt\"\n\nfunc main() { panic(fmt.Sprint(\"where am I?\")) }\n",
		} {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
		}
		t.Chdir(folder)
		out := filepath.Join("made", "lambda.zip")
		require.NoError(t, pack(out, "."))
		var err error
		packed[i], err = os.ReadFile(out)
		require.NoError(t, err)
	}
	assert.Equal(t, packed[0], packed[1])
	archive, err := zip.OpenReader(filepath.Join("made", "lambda.zip"))
	require.NoError(t, err)
	defer archive.Close()
	require.Len(t, archive.File, 1)
	assert.Equal(t, "bootstrap", archive.File[0].Name)
	assert.Equal(t, os.FileMode(0o755), archive.File[0].Mode())
}

func TestWhatDoesNotBuildIsNotPacked(t *testing.T) {
	out := filepath.Join(t.TempDir(), "lambda.zip")
	require.ErrorContains(t, pack(out, "./nothing-of-that-name"), "go build ./nothing-of-that-name")
	assert.NoFileExists(t, out)
}
