package localaws

import (
	"path/filepath"
	"testing"

	"livechat.example/cloud/internal/judged"
	"livechat.example/cloud/internal/stamp"
)

func TestMain(m *testing.M) { judged.Main(m, *root, restsOn) }

// restsOn sums what the CLI deploys, and the tools that deploy it. The stamp and the validator's report are not of it: a program that is
// built anew and writes the same templates changes nothing here.
func restsOn() (string, error) {
	files := []string{filepath.Join(*root, "requirements.txt"), filepath.Join(*root, "package-lock.json")}
	for _, name := range []string{"manifest.json", "*.template.json", "*.assets.json", "asset.*"} {
		found, err := filepath.Glob(filepath.Join(*shipping, name))
		if err != nil {
			return "", err
		}
		files = append(files, found...)
	}
	return stamp.Sum(files...)
}
