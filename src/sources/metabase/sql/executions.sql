-- The hash of an execution is the one that Metabase writes into the comment of its statement.
select e.card_id as card_id, count(*)::float8 as executions,
  to_char(max(e.started_at)::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_run,
  array_to_string((array_agg(distinct encode(e.hash, 'hex')))[1:200], ' ') as hashes
from query_execution e
where e.started_at > now() - interval '90 days' and e.card_id is not null
group by e.card_id
