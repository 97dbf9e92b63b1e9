package config

import _ "embed"

//go:generate go test -run TestTheCommittedSchemasFollowTheTypes -update .

//go:embed environment.schema.json
var environmentSchema []byte

//go:embed partner.schema.json
var partnerSchema []byte

// Schema is the JSON Schema (draft 2020-12) of an environment.yaml, as editors use it.
func Schema() []byte { return environmentSchema }

// PartnerSchema is the JSON Schema (draft 2020-12) of a partner's file.
func PartnerSchema() []byte { return partnerSchema }
