-- Count and sums by period and side of the cut. Times with a zone are made naive in UTC by their microseconds, because
-- date_trunc on them needs the ICU extension and goes by the zone of the session.
select epoch(date_trunc('{{unit}}', {{bucket_time}}))::bigint as starts_at, ({{time}} >= {{cut}}) as late, count(*)::varchar as row_count, {{sums}} as sums
from {{relation}} as t
where {{time}} >= {{from}} and {{time}} < {{to}}{{living}}
group by 1, 2
