-- The transcripts.

SET LOCAL ROLE livechat_owner;

CREATE TABLE livechat.conversations (
  tenant       text        NOT NULL REFERENCES livechat.tenants,
  conversation uuid        NOT NULL DEFAULT gen_random_uuid(),
  end_user     text        NOT NULL CHECK (end_user <> ''), -- the subject of the end user's token
  agent        text,
  closed_at    timestamptz,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, conversation)
);
CREATE INDEX ON livechat.conversations (tenant, created_at);
ALTER TABLE livechat.conversations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON livechat.conversations TO chat, dashboard USING (tenant = current_setting('app.tenant', true));

CREATE TABLE livechat.messages (
  tenant       text        NOT NULL,
  conversation uuid        NOT NULL,
  message      uuid        NOT NULL DEFAULT gen_random_uuid(),
  author       text        NOT NULL CHECK (author IN ('end-user', 'agent', 'assistant')),
  body         text        NOT NULL CHECK (octet_length(body) <= 65536),
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, message),
  FOREIGN KEY (tenant, conversation) REFERENCES livechat.conversations
);
CREATE INDEX ON livechat.messages (tenant, conversation, created_at);
CREATE INDEX ON livechat.messages (tenant, created_at);
ALTER TABLE livechat.messages ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON livechat.messages TO chat, dashboard, llm USING (tenant = current_setting('app.tenant', true));

GRANT SELECT, INSERT (tenant, conversation, end_user), UPDATE (agent, closed_at) ON livechat.conversations TO chat;
GRANT SELECT, INSERT (tenant, conversation, message, author, body) ON livechat.messages TO chat;
GRANT SELECT ON livechat.conversations, livechat.messages TO dashboard;
GRANT SELECT ON livechat.messages TO llm;
