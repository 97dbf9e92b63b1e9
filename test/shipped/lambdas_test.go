package shipped

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a template names as a function's code lies in the assembly, under the hash of what it holds.
func TestTheCodeOfEveryFunctionShipsUnderItsOwnHash(t *testing.T) {
	found := 0
	for f := range Estate(t, "prod").All("AWS::Lambda::Function") {
		found++
		key := f.Get("Code", "S3Key").Text()
		zip, err := os.ReadFile(filepath.Join(Assembly(t, "prod"), "asset."+key))
		require.NoError(t, err)
		sum := sha256.Sum256(zip)
		assert.Equal(t, hex.EncodeToString(sum[:])+".zip", key, f)
	}
	assert.NotZero(t, found)
}
