package mutation

import (
	"testing"

	"livechat.example/cloud/internal/judged"
	"livechat.example/cloud/test/shipped"
)

func TestMain(m *testing.M) { judged.Main(m, shipped.Root, shipped.Sum) }
