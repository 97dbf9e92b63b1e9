-- What partners have uploaded for the assistant to answer from. The documents themselves are objects in S3.

SET LOCAL ROLE livechat_owner;

CREATE TABLE livechat.knowledge_documents (
  tenant     text        NOT NULL REFERENCES livechat.tenants,
  document   uuid        NOT NULL DEFAULT gen_random_uuid(),
  file       text        NOT NULL CHECK (file <> '' AND file !~ '(^/|\.\.)'), -- the object's key, below the partner's prefix
  version    text        NOT NULL CHECK (version <> ''),                      -- the object's
  sha256     bytea       NOT NULL CHECK (octet_length(sha256) = 32),
  state      text        NOT NULL DEFAULT 'uploaded' CHECK (state IN ('uploaded', 'clean', 'quarantined')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, document),
  UNIQUE (tenant, file, version)
);
CREATE INDEX ON livechat.knowledge_documents (tenant, created_at);
ALTER TABLE livechat.knowledge_documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON livechat.knowledge_documents TO dashboard, llm USING (tenant = current_setting('app.tenant', true));

GRANT SELECT, INSERT (tenant, document, file, version, sha256), UPDATE (state), DELETE ON livechat.knowledge_documents TO dashboard;
GRANT SELECT ON livechat.knowledge_documents TO llm;
