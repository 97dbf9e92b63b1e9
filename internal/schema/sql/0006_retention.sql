-- The end of what was kept long enough, of all tenants. The worker calls the functions below and has no right to any table. They run as
-- livechat_retention, which by its policies may delete what is due and nothing else, whatever a function says; which reads of a row
-- its keys and times alone; and as whom nobody logs in.

SET LOCAL ROLE livechat_owner;

-- What was made before this is due.
CREATE FUNCTION livechat.due_before(of_tenant text) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT now() - make_interval(days => retention_days) FROM livechat.tenants WHERE tenant = of_tenant
$$;

-- A null conversation is held by a hold of all alone.
CREATE FUNCTION livechat.held(of_tenant text, of_conversation uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM livechat.legal_holds
    WHERE tenant = of_tenant AND released_at IS NULL AND (conversation IS NULL OR conversation = of_conversation)
  )
$$;
GRANT EXECUTE ON FUNCTION livechat.due_before, livechat.held TO livechat_retention;

CREATE POLICY retention ON livechat.tenants TO livechat_retention USING (true);
GRANT SELECT (tenant, retention_days), INSERT (tenant, retention_days), UPDATE (retention_days) ON livechat.tenants TO livechat_retention;
CREATE POLICY retention ON livechat.legal_holds FOR SELECT TO livechat_retention USING (true);
GRANT SELECT (tenant, conversation, released_at) ON livechat.legal_holds TO livechat_retention;

CREATE POLICY retention ON livechat.conversations FOR SELECT TO livechat_retention USING (true);
CREATE POLICY due ON livechat.conversations FOR DELETE TO livechat_retention
  USING (created_at < livechat.due_before(tenant) AND NOT livechat.held(tenant, conversation));
GRANT SELECT (tenant, conversation, created_at), DELETE ON livechat.conversations TO livechat_retention;

CREATE POLICY retention ON livechat.messages FOR SELECT TO livechat_retention USING (true);
CREATE POLICY due ON livechat.messages FOR DELETE TO livechat_retention
  USING (created_at < livechat.due_before(tenant) AND NOT livechat.held(tenant, conversation));
GRANT SELECT (tenant, conversation, message, created_at), DELETE ON livechat.messages TO livechat_retention;

CREATE POLICY retention ON livechat.knowledge_documents FOR SELECT TO livechat_retention USING (true);
CREATE POLICY due ON livechat.knowledge_documents FOR DELETE TO livechat_retention
  USING (created_at < livechat.due_before(tenant) AND NOT livechat.held(tenant, NULL));
GRANT SELECT (tenant, document, created_at), DELETE ON livechat.knowledge_documents TO livechat_retention;

-- An agent is kept while it works.
CREATE POLICY retention ON livechat.agents FOR SELECT TO livechat_retention USING (true);
CREATE POLICY due ON livechat.agents FOR DELETE TO livechat_retention
  USING (disabled_at < livechat.due_before(tenant) AND NOT livechat.held(tenant, NULL));
GRANT SELECT (tenant, agent, disabled_at), DELETE ON livechat.agents TO livechat_retention;

-- What was done is kept for 400 days, or longer where the partner keeps more: an investigation may look back a year.
CREATE POLICY retention ON livechat.dashboard_audit FOR SELECT TO livechat_retention USING (true);
CREATE POLICY due ON livechat.dashboard_audit FOR DELETE TO livechat_retention
  USING (created_at < least(livechat.due_before(tenant), now() - interval '400 days') AND NOT livechat.held(tenant, NULL));
GRANT SELECT (tenant, entry, created_at), DELETE ON livechat.dashboard_audit TO livechat_retention;

GRANT CREATE ON SCHEMA livechat TO livechat_retention;
SET LOCAL ROLE livechat_retention;

-- Makes a tenant known, and its retention what the partner's file says. Which values there are, the table says.
CREATE FUNCTION livechat.set_retention(of_tenant text, days integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO livechat.tenants (tenant, retention_days) VALUES (of_tenant, days)
  ON CONFLICT (tenant) DO UPDATE SET retention_days = excluded.retention_days
$$;

-- Deletes at most so many rows that are due, and says how many of which tenant and table. Nothing is due any more once it says nothing.
CREATE FUNCTION livechat.purge(most integer) RETURNS TABLE (of_tenant text, relation text, purged integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  key text;
  due text;
BEGIN
  IF most IS NULL OR most NOT BETWEEN 1 AND 10000 THEN
    RAISE EXCEPTION 'purge takes 1 to 10000 rows, not %', most USING ERRCODE = 'invalid_parameter_value';
  END IF;
  FOR of_tenant IN SELECT tenant FROM livechat.tenants ORDER BY tenant FOR NO KEY UPDATE LOOP -- one purge of a tenant at a time
    FOR relation, key, due IN VALUES
      ('messages', 'message', 'created_at < $2 AND NOT livechat.held(tenant, conversation)'),
      ('conversations', 'conversation', 'created_at < $2 AND NOT livechat.held(tenant, conversation) AND NOT EXISTS (
        SELECT FROM livechat.messages m WHERE m.tenant = r.tenant AND m.conversation = r.conversation)'),
      ('knowledge_documents', 'document', 'created_at < $2 AND NOT livechat.held(tenant, NULL)'),
      ('agents', 'agent', 'disabled_at < $2 AND NOT livechat.held(tenant, NULL)'),
      ('dashboard_audit', 'entry', 'created_at < least($2, now() - interval ''400 days'') AND NOT livechat.held(tenant, NULL)')
    LOOP
      EXIT WHEN most = 0;
      EXECUTE format('DELETE FROM livechat.%1$I WHERE (tenant, %2$I) IN (
          SELECT tenant, %2$I FROM livechat.%1$I r WHERE tenant = $1 AND %3$s LIMIT $3)', relation, key, due)
        USING of_tenant, livechat.due_before(of_tenant), most;
      GET DIAGNOSTICS purged = ROW_COUNT;
      most := most - purged;
      IF purged > 0 THEN
        RETURN NEXT;
      END IF;
    END LOOP;
  END LOOP;
END
$$;

REVOKE ALL ON FUNCTION livechat.set_retention, livechat.purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION livechat.set_retention, livechat.purge TO worker;

SET LOCAL ROLE livechat_owner;
REVOKE CREATE ON SCHEMA livechat FROM livechat_retention;
