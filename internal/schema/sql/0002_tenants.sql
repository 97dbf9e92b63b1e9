-- Whose data there is, and for how long: a partner's id and retentionDays, as its file has them.
--
-- Every table begins its primary key with the tenant, so that no key says what another tenant has, and admits to a service's session the
-- rows of the tenant that the session has set, for a transaction: set_config('app.tenant', …, true). Without one it sees none. The
-- time of a row is the database's: no service may set it.

SET LOCAL ROLE livechat_owner;

CREATE TABLE livechat.tenants (
  tenant         text        PRIMARY KEY CHECK (tenant ~ '^[a-z][a-z0-9-]{1,30}[a-z0-9]$'),
  retention_days integer     NOT NULL CHECK (retention_days IN (30, 90, 180, 365, 730, 2555)),
  created_at     timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE livechat.tenants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON livechat.tenants TO dashboard USING (tenant = current_setting('app.tenant', true));

GRANT SELECT ON livechat.tenants TO dashboard;
