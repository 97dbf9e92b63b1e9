-- What partners' admins keep: who answers their end users, what was done by whom, and what must not be purged.

SET LOCAL ROLE livechat_owner;

CREATE TABLE livechat.agents (
  tenant      text        NOT NULL REFERENCES livechat.tenants,
  agent       text        NOT NULL CHECK (agent <> ''), -- the subject of the admin's token
  name        text        NOT NULL,
  role        text        NOT NULL CHECK (role IN ('agent', 'supervisor', 'admin')),
  disabled_at timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, agent)
);
ALTER TABLE livechat.agents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON livechat.agents TO dashboard USING (tenant = current_setting('app.tenant', true));

CREATE TABLE livechat.dashboard_audit (
  tenant     text        NOT NULL REFERENCES livechat.tenants,
  entry      uuid        NOT NULL DEFAULT gen_random_uuid(),
  actor      text        NOT NULL CHECK (actor <> ''),
  address    inet        NOT NULL,
  action     text        NOT NULL CHECK (action <> ''),
  subject    text        NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, entry)
);
CREATE INDEX ON livechat.dashboard_audit (tenant, created_at);
ALTER TABLE livechat.dashboard_audit ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON livechat.dashboard_audit TO dashboard USING (tenant = current_setting('app.tenant', true));

-- A hold is of one conversation, or of all that the tenant has. It refers to none, lest it keep what it held once it is released.
CREATE TABLE livechat.legal_holds (
  tenant       text        NOT NULL REFERENCES livechat.tenants,
  hold         uuid        NOT NULL DEFAULT gen_random_uuid(),
  conversation uuid,
  reason       text        NOT NULL CHECK (reason <> ''),
  placed_by    text        NOT NULL CHECK (placed_by <> ''),
  released_by  text        CHECK (released_by <> ''),
  released_at  timestamptz,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, hold),
  CHECK ((released_at IS NULL) = (released_by IS NULL))
);
ALTER TABLE livechat.legal_holds ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON livechat.legal_holds TO dashboard USING (tenant = current_setting('app.tenant', true));

GRANT SELECT, INSERT (tenant, agent, name, role), UPDATE (name, role, disabled_at), DELETE ON livechat.agents TO dashboard;
GRANT SELECT, INSERT (tenant, actor, address, action, subject) ON livechat.dashboard_audit TO dashboard;
GRANT SELECT, INSERT (tenant, conversation, reason, placed_by), UPDATE (released_by, released_at) ON livechat.legal_holds TO dashboard;
