-- What is wrong with how services and tenants are kept apart, a sentence a row; none is well. It is asked of the catalogs after every
-- migration, since a file of SQL, a person, or a service that altered its own login may have undone what another file did.

WITH service (name) AS (VALUES ('chat'), ('dashboard'), ('llm'), ('worker')),
ours (name) AS (SELECT name FROM service UNION ALL VALUES ('livechat_owner'), ('livechat_retention')),
relation AS (SELECT * FROM pg_class WHERE relnamespace = 'livechat'::regnamespace AND relkind <> 'i')

SELECT format('there is no role %I', name) FROM ours WHERE to_regrole(name) IS NULL
UNION ALL
SELECT format('role %I may more than log in', rolname) FROM pg_roles JOIN ours ON name = rolname
WHERE rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
UNION ALL
SELECT format('role %I may log in', rolname) FROM pg_roles WHERE rolname IN ('livechat_owner', 'livechat_retention') AND rolcanlogin
UNION ALL
SELECT format('role %I is not let in by IAM', name) FROM service WHERE NOT EXISTS (
  SELECT FROM pg_auth_members WHERE member = to_regrole(name) AND roleid = to_regrole('rds_iam'))
UNION ALL
SELECT format('role %I is a member of %s', name, roleid::regrole) FROM pg_auth_members JOIN ours ON member = to_regrole(name)
WHERE roleid IS DISTINCT FROM to_regrole('rds_iam')
UNION ALL
SELECT format('role %I may make others members of %s', name, roleid::regrole) FROM pg_auth_members JOIN ours ON member = to_regrole(name)
WHERE admin_option
UNION ALL
SELECT format('role %s is a member of %s', member::regrole, roleid::regrole) FROM pg_auth_members JOIN ours ON roleid = to_regrole(name)
WHERE member <> to_regrole(session_user)
UNION ALL
SELECT format('role %I has set %s for its sessions', name, setconfig) FROM pg_db_role_setting JOIN ours ON setrole = to_regrole(name)
UNION ALL
SELECT format('role %I owns %s', name, pg_describe_object(classid, objid, objsubid)) FROM pg_shdepend JOIN service ON refobjid = to_regrole(name)
WHERE deptype = 'o' AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())

UNION ALL
SELECT format('%s is no table: %s', oid::regclass, relkind) FROM relation WHERE relkind NOT IN ('r', 'p') AND NOT (
  relkind = 'v' AND coalesce(reloptions @> '{security_invoker=true}', false))
UNION ALL
SELECT format('%s is owned by %s', oid::regclass, relowner::regrole) FROM relation WHERE relowner <> to_regrole('livechat_owner')
UNION ALL
SELECT format('%s does not hold its rows apart', oid::regclass) FROM relation WHERE relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)
UNION ALL
SELECT format('%s has a key that does not begin with the tenant', indexrelid::regclass) FROM pg_index JOIN relation ON relation.oid = indrelid
LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
WHERE indisunique AND attname IS DISTINCT FROM 'tenant'
UNION ALL
SELECT format('%s lets %s see %s', polrelid::regclass, polroles::regrole[], pg_get_expr(polqual, polrelid)) FROM pg_policy
WHERE polrelid IN (SELECT oid FROM relation) AND polroles <> ARRAY[to_regrole('livechat_retention')::oid] AND (
  0 = ANY (polroles) OR polroles && ARRAY[to_regrole('worker')::oid] OR polwithcheck IS NOT NULL OR
  pg_get_expr(polqual, polrelid) IS DISTINCT FROM '(tenant = current_setting(''app.tenant''::text, true))')
UNION ALL
SELECT format('%s deletes what %s says', polrelid::regclass, pg_get_expr(polqual, polrelid)) FROM pg_policy
WHERE polrelid IN (SELECT oid FROM relation) AND polcmd IN ('d', '*') AND to_regrole('livechat_retention') = ANY (polroles) AND
  polrelid <> (SELECT oid FROM relation WHERE relname = 'tenants') AND NOT (pg_get_expr(polqual, polrelid) ~ 'due_before\(tenant\)' AND pg_get_expr(polqual, polrelid) ~ 'NOT (livechat\.)?held\(tenant')

UNION ALL
SELECT format('%s runs as %s', p.oid::regprocedure, proowner::regrole) FROM pg_proc p
WHERE pronamespace = 'livechat'::regnamespace AND prosecdef AND proowner IS DISTINCT FROM to_regrole('livechat_retention')
UNION ALL
SELECT format('%s looks names up where its caller says', p.oid::regprocedure) FROM pg_proc p
WHERE pronamespace = 'livechat'::regnamespace AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)

UNION ALL
SELECT format('everybody may %s on %s', a.privilege_type, what) FROM (
  SELECT oid::regclass::text AS what, relacl AS acl FROM relation
  UNION ALL SELECT attrelid::regclass || '.' || attname, attacl FROM pg_attribute WHERE attrelid IN (SELECT oid FROM relation)
  UNION ALL SELECT oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner)) FROM pg_proc WHERE pronamespace = 'livechat'::regnamespace
  UNION ALL SELECT 'schema ' || nspname, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace WHERE nspname IN ('livechat', 'public', 'migrations')
  UNION ALL SELECT 'database ' || datname, coalesce(datacl, acldefault('d', datdba)) FROM pg_database WHERE datname = current_database()
) AS granted, aclexplode(acl) AS a WHERE a.grantee = 0
UNION ALL
SELECT format('%s may %s on schema %s', a.grantee::regrole, a.privilege_type, nspname) FROM pg_namespace, aclexplode(nspacl) AS a
WHERE nspname IN ('livechat', 'public', 'migrations') AND a.privilege_type = 'CREATE' AND a.grantee <> nspowner
