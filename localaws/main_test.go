package localaws

import (
	"path/filepath"
	"testing"

	"livechat.example/cloud/internal/judged"
	"livechat.example/cloud/internal/stamp"
)

// The tests rest on the assembly and on the tools that deploy it.
func TestMain(m *testing.M) {
	judged.Main(m, *root, func() (string, error) {
		return stamp.Sum(*shipping, filepath.Join(*root, "requirements.txt"), filepath.Join(*root, "package-lock.json"))
	})
}
