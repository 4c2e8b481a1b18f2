-- Since 13. Only the options that say where a table is: others may hold a password, though it belongs into a user mapping.
select n.nspname as schema, c.relname as name, s.srvname as server, w.fdwname as wrapper,
  (select o.option_value from pg_options_to_table(s.srvoptions) o where o.option_name in ('host', 'servername') limit 1) as host,
  (select o.option_value from pg_options_to_table(s.srvoptions) o where o.option_name = 'port') as port,
  (select o.option_value from pg_options_to_table(s.srvoptions) o where o.option_name in ('dbname', 'database') limit 1) as database,
  (select o.option_value from pg_options_to_table(t.ftoptions) o where o.option_name in ('schema_name', 'schema') limit 1) as remote_schema,
  (select o.option_value from pg_options_to_table(t.ftoptions) o where o.option_name in ('table_name', 'table') limit 1) as remote_name
from pg_foreign_table t
  join pg_class c on c.oid = t.ftrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_foreign_server s on s.oid = t.ftserver
  join pg_foreign_data_wrapper w on w.oid = s.srvfdw
order by n.nspname, c.relname
limit {{row_max}}
