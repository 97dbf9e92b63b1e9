package estate

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/internal/postgrestest"
	"livechat.example/cloud/test/shipped"
)

// What the schema's tests say of tenants, rights and retention is true of the version that they ran on.
func TestTheDatabaseIsOfTheVersionThatTheSchemaIsTestedOn(t *testing.T) {
	clusters := 0
	for _, env := range shipped.Environments {
		for c := range shipped.Estate(t, env).All("AWS::RDS::DBCluster") {
			assert.True(t, c.Get("EngineVersion").Is(postgrestest.Version), "%s is of %s, and the tests run on %s", c, c.Get("EngineVersion"), postgrestest.Version)
			clusters++
		}
	}
	assert.NotZero(t, clusters)
}
