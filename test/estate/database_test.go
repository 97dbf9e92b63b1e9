package estate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/internal/postgrestest"
	"livechat.example/cloud/test/shipped"
)

// What the schema's tests say of tenants, rights and retention is true of the major that they ran on: a minor one mends faults.
func TestTheDatabaseIsOfTheMajorThatTheSchemaIsTestedOn(t *testing.T) {
	clusters := 0
	major, _, _ := strings.Cut(postgrestest.Version, ".")
	for _, env := range shipped.Environments {
		for c := range shipped.Estate(t, env).All("AWS::RDS::DBCluster") {
			assert.Regexp(t, "^"+major+`\.`, c.Get("EngineVersion").Text(), "%s: the tests run on %s", c, postgrestest.Version)
			clusters++
		}
	}
	assert.NotZero(t, clusters)
}
