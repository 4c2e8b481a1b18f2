-- Releases before v0.50 counted views only in the log.
select v.model_id as card_id, count(*)::float8 as views,
  to_char(max(v.timestamp)::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_view
from view_log v
where v.model = 'card'
group by v.model_id
