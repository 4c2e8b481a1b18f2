-- What people ran without saving it, the most frequent first.
select encode(e.hash, 'hex') as query_hash, count(*)::float8 as executions, max(e.executor_id) as creator_id, max(e.database_id) as database_id,
  to_char(max(e.started_at)::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_run, q.query::text as dataset_query,
  (count(*) over ())::float8 as total
from query_execution e
join query q on q.query_hash = e.hash
where e.started_at > now() - interval '90 days' and e.card_id is null
  and coalesce(e.context, 'ad-hoc') in ('ad-hoc', 'csv-download', 'json-download', 'xlsx-download')
group by e.hash, q.query::text
order by count(*) desc, encode(e.hash, 'hex')
limit 2000
