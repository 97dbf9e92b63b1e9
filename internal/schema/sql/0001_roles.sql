-- Who there is: a login for each service, which RDS lets in by IAM alone; the owner of the tables and the keeper of retention, as
-- whom nobody logs in. Roles are of the whole cluster, so one that is there already is taken as it is; isolation.sql judges it.

CREATE EXTENSION IF NOT EXISTS pgaudit SCHEMA public;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['livechat_owner', 'livechat_retention'] LOOP
    IF to_regrole(name) IS NULL THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    END IF;
    EXECUTE format('GRANT %I TO CURRENT_USER WITH INHERIT FALSE, SET TRUE', name);
  END LOOP;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  FOREACH name IN ARRAY ARRAY['chat', 'dashboard', 'llm', 'worker'] LOOP
    IF to_regrole(name) IS NULL THEN
      EXECUTE format('CREATE ROLE %I LOGIN', name);
    END IF;
    EXECUTE format('GRANT rds_iam TO %I', name);
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name);
  END LOOP;
  EXECUTE format('ALTER DATABASE %I SET search_path = livechat', current_database());
END
$$;

-- Nobody makes a table, a function or a temporary one, that could stand in for one of ours.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA livechat AUTHORIZATION livechat_owner;

SET LOCAL ROLE livechat_owner;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
GRANT USAGE ON SCHEMA livechat TO chat, dashboard, llm, worker, livechat_retention;
