-- Since 9.6. The same on a primary and its physical replicas. An administrator may have revoked the function.
select system_identifier::text as system_identifier from pg_control_system()
