package schema_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// forwarded are the services that run in every region. In a secondary their writes are forwarded to the primary, which takes no call
// of a user-defined function or procedure, no sequence, TRUNCATE, SET CONSTRAINTS or DDL ("Using write forwarding in an Aurora PostgreSQL
// global database", Application and SQL compatibility). The worker runs in the primary alone, since it calls two functions.
var forwarded = []string{"chat", "dashboard", "llm"}

// notForwarded are what a statement of a service would need and a secondary does not forward: what it may do itself, and what a
// write of its rows brings with it.
var notForwarded = map[string]string{
	"it may call": `SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
		WHERE nspname !~ '^pg_|^information_schema$' AND has_schema_privilege($1, n.oid, 'USAGE') AND has_function_privilege($1, p.oid, 'EXECUTE')`,
	"it may empty":           `SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'livechat'::regnamespace AND has_table_privilege($1, oid, 'TRUNCATE')`,
	"it may make objects in": `SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' AND has_schema_privilege($1, oid, 'CREATE')`,
	"its policies call": `SELECT refobjid::regprocedure::text FROM pg_depend JOIN pg_policy p ON classid = 'pg_policy'::regclass AND objid = p.oid
		WHERE refclassid = 'pg_proc'::regclass AND (polroles && ARRAY[to_regrole($1)::oid] OR 0 = ANY (polroles))
		AND refobjid::regproc::text NOT IN (SELECT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace)`,
}

// broughtAlong are what a write of any table brings with it and a secondary does not forward.
const broughtAlong = `
SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'sequence ' || oid::regclass FROM pg_class WHERE relkind = 'S' AND relnamespace::regnamespace::text !~ '^pg_|^information_schema$'
UNION ALL SELECT 'deferrable ' || conname FROM pg_constraint WHERE condeferrable AND connamespace = 'livechat'::regnamespace
UNION ALL SELECT 'rule ' || rulename FROM pg_rewrite JOIN pg_class c ON c.oid = ev_class WHERE relnamespace = 'livechat'::regnamespace
UNION ALL SELECT 'function ' || refobjid::regprocedure FROM pg_depend JOIN pg_proc p ON refobjid = p.oid
  WHERE refclassid = 'pg_proc'::regclass AND pronamespace = 'livechat'::regnamespace AND classid IN ('pg_attrdef'::regclass, 'pg_constraint'::regclass, 'pg_class'::regclass)`

func TestASecondaryForwardsWhatEachServiceMaySend(t *testing.T) {
	conn := superuser(t, populated(t))
	for _, service := range forwarded {
		for what, query := range notForwarded {
			assert.Empty(t, ask[string](t, conn, query, service), "%s: %s", service, what)
		}
	}
	assert.Empty(t, ask[string](t, conn, broughtAlong))
	assert.NotEmpty(t, ask[string](t, conn, notForwarded["it may call"], "worker"), "the worker may run everywhere, if it calls nothing")
}

// Each of these would make a service's write fail in a secondary.
func TestWhatASecondaryDoesNotForwardIsSeen(t *testing.T) {
	conn := superuser(t, populated(t))
	for change, what := range map[string]string{
		"GRANT EXECUTE ON FUNCTION livechat.held TO dashboard":                                                      "it may call",
		"GRANT TRUNCATE ON livechat.agents TO dashboard":                                                            "it may empty",
		"GRANT CREATE ON SCHEMA livechat TO dashboard":                                                              "it may make objects in",
		"CREATE POLICY held ON livechat.agents AS RESTRICTIVE TO dashboard USING (NOT livechat.held(tenant, NULL))": "its policies call",
		"CREATE SEQUENCE livechat.count":                                                                            "",
		"ALTER TABLE livechat.agents ALTER created_at SET DEFAULT livechat.due_before('acme')":                      "",
		"ALTER TABLE livechat.agents ADD CHECK (NOT livechat.held(tenant, NULL)) NOT VALID":                         "",
		"CREATE RULE none AS ON DELETE TO livechat.agents DO INSTEAD NOTHING":                                       "",
		"ALTER TABLE livechat.messages ALTER CONSTRAINT messages_tenant_conversation_fkey DEFERRABLE":               "",
		"CREATE TRIGGER mine AFTER UPDATE ON livechat.agents EXECUTE FUNCTION suppress_redundant_updates_trigger()": "",
	} {
		exec(t, conn, "BEGIN; "+change)
		if what != "" {
			assert.NotEmpty(t, ask[string](t, conn, notForwarded[what], "dashboard"), change)
		} else {
			assert.NotEmpty(t, ask[string](t, conn, broughtAlong), change)
		}
		exec(t, conn, "ROLLBACK")
	}
}
