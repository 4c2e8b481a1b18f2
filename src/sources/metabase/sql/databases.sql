-- Of the details only what names the database: passwords and keys never leave it. Encrypted ones are no JSON.
select d.id as id, d.name as name, d.engine as engine,
  case when d.details::text like '{%' then d.details::text::jsonb ->> 'host' end as host,
  case when d.details::text like '{%' then coalesce(d.details::text::jsonb ->> 'dbname', d.details::text::jsonb ->> 'db') end as dbname,
  case when d.details::text like '{%' then d.details::text::jsonb ->> 'database_file' end as database_file
from metabase_database d
order by d.id
