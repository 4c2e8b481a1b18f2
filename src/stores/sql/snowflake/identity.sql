-- Context functions alone need no warehouse.
select current_version() as "version", current_database() as "database", current_role() as "role", current_user() as "user", current_warehouse() as "warehouse"
