-- Since 13. Marks of managed services: prefixes of settings, roles, and a function that only Aurora has. Documentation of the
-- services: Amazon RDS (rds_superuser), Aurora (aurora_version), Cloud SQL (cloudsqlsuperuser), Azure (azure_pg_admin),
-- Supabase (supabase_admin), Neon (neon_superuser).
select
  exists (select from pg_proc p where p.proname = 'aurora_version') as aurora,
  exists (select from pg_roles r where r.rolname = 'rds_superuser') as rds,
  exists (select from pg_roles r where r.rolname = 'cloudsqlsuperuser') as cloud_sql,
  exists (select from pg_roles r where r.rolname = 'azure_pg_admin') as azure,
  exists (select from pg_roles r where r.rolname = 'supabase_admin') as supabase,
  exists (select from pg_roles r where r.rolname = 'neon_superuser') as neon
