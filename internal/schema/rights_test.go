package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/config"
	"livechat.example/cloud/internal/schema"
)

// rights are all that each service may do, of every object of the database that is not PostgreSQL's own.
var rights = map[string]string{
	"chat": `
		CONNECT database
		USAGE schema livechat
		INSERT conversations.conversation conversations.end_user conversations.tenant
		INSERT messages.author messages.body messages.conversation messages.message messages.tenant
		SELECT conversations messages
		UPDATE conversations.agent conversations.closed_at`,
	"dashboard": `
		CONNECT database
		USAGE schema livechat
		DELETE agents knowledge_documents
		INSERT agents.agent agents.name agents.role agents.tenant
		INSERT dashboard_audit.action dashboard_audit.actor dashboard_audit.address dashboard_audit.subject dashboard_audit.tenant
		INSERT knowledge_documents.document knowledge_documents.file knowledge_documents.sha256 knowledge_documents.tenant knowledge_documents.version
		INSERT legal_holds.conversation legal_holds.placed_by legal_holds.reason legal_holds.tenant
		SELECT agents conversations dashboard_audit knowledge_documents legal_holds messages tenants
		UPDATE agents.disabled_at agents.name agents.role
		UPDATE knowledge_documents.state
		UPDATE legal_holds.released_at legal_holds.released_by`,
	"llm": `
		CONNECT database
		USAGE schema livechat
		SELECT knowledge_documents messages`,
	"worker": `
		CONNECT database
		USAGE schema livechat
		EXECUTE purge(integer) set_retention(text,integer)`,
	"livechat_retention": `
		USAGE schema livechat
		DELETE agents conversations dashboard_audit knowledge_documents messages
		EXECUTE due_before(text) held(text,uuid) purge(integer) set_retention(text,integer)
		INSERT tenants.retention_days tenants.tenant
		SELECT agents.agent agents.disabled_at agents.tenant
		SELECT conversations.conversation conversations.created_at conversations.tenant
		SELECT dashboard_audit.created_at dashboard_audit.entry dashboard_audit.tenant
		SELECT knowledge_documents.created_at knowledge_documents.document knowledge_documents.tenant
		SELECT legal_holds.conversation legal_holds.released_at legal_holds.tenant
		SELECT messages.conversation messages.created_at messages.message messages.tenant
		SELECT tenants.retention_days tenants.tenant
		UPDATE tenants.retention_days`,
	"PUBLIC": ``,
}

// granted is each right that the catalogs give a role, as "INSERT messages.body", of all but PostgreSQL's own.
const granted = `
WITH object (what, acl) AS (
  SELECT 'database', coalesce(datacl, acldefault('d', datdba)) FROM pg_database WHERE datname = current_database()
  UNION ALL SELECT 'schema ' || nspname, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'
  UNION ALL SELECT relname, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)) FROM pg_class WHERE relnamespace::regnamespace::text !~ '^pg_|^information_schema$' AND relkind <> 'i'
  UNION ALL SELECT relname || '.' || attname, attacl FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE attacl IS NOT NULL AND relnamespace::regnamespace::text !~ '^pg_|^information_schema$'
  UNION ALL SELECT regexp_replace(p.oid::regprocedure::text, '^.*\.', ''), coalesce(proacl, acldefault('f', proowner)) FROM pg_proc p WHERE pronamespace = 'livechat'::regnamespace
  UNION ALL SELECT 'parameter ' || parname, paracl FROM pg_parameter_acl
  UNION ALL SELECT 'large object', lomacl FROM pg_largeobject_metadata
)
SELECT privilege_type || ' ' || what || CASE WHEN is_grantable THEN ' and may grant it' ELSE '' END
FROM object, aclexplode(acl) WHERE CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END = $1`

func TestEveryServiceMayDoWhatItsTaskNeedsAndNoMore(t *testing.T) {
	conn := superuser(t, populated(t))
	for role, want := range rights {
		assert.ElementsMatch(t, each(want), ask[string](t, conn, granted, role), role)
	}
}

// each spreads "SELECT a b" to "SELECT a" and "SELECT b".
func each(text string) (rights []string) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if words[1] == "schema" {
			words = []string{words[0], words[1] + " " + words[2]}
		}
		for _, object := range words[1:] {
			rights = append(rights, words[0]+" "+object)
		}
	}
	return rights
}

func TestNobodyLogsInAsWhoOwnsTheTables(t *testing.T) {
	conn := superuser(t, populated(t))
	assert.Equal(t, []string{"chat", "dashboard", "llm", "worker"},
		ask[string](t, conn, "SELECT member::regrole::text FROM pg_auth_members WHERE roleid = 'rds_iam'::regrole AND NOT admin_option ORDER BY 1"))
	assert.Empty(t, ask[string](t, conn, "SELECT rolname::text FROM pg_roles WHERE rolname ~ '^livechat_(owner|retention)' AND rolcanlogin"))
	assert.Equal(t, []string{"livechat_owner"}, ask[string](t, conn, "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'livechat'::regnamespace"))
}

func TestTheRetentionsThatTheDatabaseTakesAreThoseOfPartners(t *testing.T) {
	conn := superuser(t, populated(t))
	for _, class := range config.RetentionClasses {
		for _, days := range []int{class - 1, class, class + 1, -class, 0} {
			_, err := conn.Exec(t.Context(), "SELECT livechat.set_retention('other', $1)", days)
			if slices.Contains(config.RetentionClasses, days) {
				require.NoError(t, err, days)
			} else {
				require.ErrorContains(t, err, "tenants_retention_days_check", days)
			}
		}
	}
}

// wrongs undo what keeps services and tenants apart, each one thing, and what Faults then says.
var wrongs = map[string]string{
	"ALTER TABLE livechat.messages NO FORCE ROW LEVEL SECURITY":                                              "livechat.messages does not hold its rows apart",
	"ALTER TABLE livechat.messages DISABLE ROW LEVEL SECURITY":                                               "livechat.messages does not hold its rows apart",
	"ALTER TABLE livechat.messages OWNER TO chat":                                                            "livechat.messages is owned by chat",
	"CREATE TABLE livechat.notes (tenant text)":                                                              "livechat.notes does not hold its rows apart",
	"CREATE UNIQUE INDEX leak ON livechat.messages (message)":                                                "livechat.leak has a key that does not begin with the tenant",
	"CREATE UNIQUE INDEX leak ON livechat.messages (lower(tenant))":                                          "livechat.leak has a key that does not begin with the tenant",
	"CREATE VIEW livechat.all_messages AS SELECT * FROM livechat.messages":                                   "livechat.all_messages is no table: v",
	"CREATE MATERIALIZED VIEW livechat.copy AS SELECT * FROM livechat.messages":                              "livechat.copy is no table: m",
	"CREATE SEQUENCE livechat.count":                                                                         "livechat.count is no table: S",
	"CREATE POLICY wide ON livechat.messages TO llm USING (true)":                                            "livechat.messages lets {llm} see true",
	"CREATE POLICY wide ON livechat.messages USING (tenant = current_setting('app.tenant', true))":           "livechat.messages lets {-} see",
	"CREATE POLICY wide ON livechat.messages TO worker USING (tenant = current_setting('app.tenant', true))": "livechat.messages lets {worker} see",
	"ALTER POLICY tenant ON livechat.messages WITH CHECK (true)":                                             "livechat.messages lets {chat,dashboard,llm} see",
	"CREATE POLICY more ON livechat.messages FOR DELETE TO livechat_retention USING (true)":                  "livechat.messages deletes what true says",
	"ALTER POLICY due ON livechat.agents USING (disabled_at < livechat.due_before(tenant))":                  "livechat.agents deletes what",
	"ALTER FUNCTION livechat.purge OWNER TO livechat_admin":                                                  "livechat.purge(integer) runs as livechat_admin",
	"ALTER FUNCTION livechat.purge RESET search_path":                                                        "livechat.purge(integer) looks names up where its caller says",
	"GRANT EXECUTE ON FUNCTION livechat.purge TO PUBLIC":                                                     "everybody may EXECUTE on livechat.purge(integer)",
	"GRANT SELECT ON livechat.messages TO PUBLIC":                                                            "everybody may SELECT on livechat.messages",
	"GRANT SELECT (body) ON livechat.messages TO PUBLIC":                                                     "everybody may SELECT on livechat.messages.body",
	"GRANT USAGE ON SCHEMA public TO PUBLIC":                                                                 "everybody may USAGE on schema public",
	"GRANT CREATE ON SCHEMA livechat TO chat":                                                                "chat may CREATE on schema livechat",
	"DO $$BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO PUBLIC', current_database()); END$$":            "everybody may TEMPORARY on database",
	"ALTER ROLE chat BYPASSRLS":                                                                              "role chat may more than log in",
	"ALTER ROLE chat SUPERUSER":                                                                              "role chat may more than log in",
	"ALTER ROLE worker CREATEROLE":                                                                           "role worker may more than log in",
	"ALTER ROLE livechat_owner LOGIN":                                                                        "role livechat_owner may log in",
	"GRANT pg_read_all_data TO llm":                                                                          "role llm is a member of pg_read_all_data",
	"GRANT livechat_owner TO chat":                                                                           "role chat is a member of livechat_owner",
	"GRANT chat TO llm":                                                                                      "role llm is a member of chat",
	"CREATE ROLE other IN ROLE chat":                                                                         "role other is a member of chat",
	"REVOKE rds_iam FROM chat GRANTED BY livechat_admin":                                                     "role chat is not let in by IAM",
	"GRANT rds_iam TO chat WITH ADMIN TRUE":                                                                  "role chat may make others members of rds_iam",
	"SET ROLE chat; ALTER ROLE chat SET row_security = off":                                                  "role chat has set {row_security=off} for its sessions",
}

func TestWhatWouldLetAServiceOrATenantOutIsNamed(t *testing.T) {
	conn := superuser(t, populated(t))
	for wrong, want := range wrongs {
		exec(t, conn, "BEGIN; "+wrong+"; RESET ROLE; SET LOCAL SESSION AUTHORIZATION livechat_admin")
		faults, err := schema.Faults(t.Context(), conn)
		require.NoError(t, err)
		assert.Contains(t, strings.Join(faults, "\n"), want, wrong)
		exec(t, conn, "ROLLBACK")
	}
}
