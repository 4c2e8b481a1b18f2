-- Of clusters that have no SYS views yet. Texts in chunks of 200 characters (Redshift guide, STL_QUERY, STL_QUERYTEXT).
select h.userid as user_id, trim(h."database")::varchar as database, trim(h.label)::varchar as label, '' as application,
  md5(h.querytxt) as hash, max(h.query)::varchar as query_id,
  sum(case when h.aborted = 0 then 1 else 0 end)::float8 as runs, sum(case when h.aborted = 0 then 0 else 1 end)::float8 as failures,
  sum(case when h.aborted = 0 then datediff(microsecond, h.starttime, h.endtime) else 0 end)::float8 / 1000 as execution_ms,
  max(datediff(microsecond, h.starttime, h.endtime))::float8 / 1000 as longest_ms, 0::float8 as "rows", 0::float8 as cache_hits,
  extract(epoch from min(h.starttime))::float8 as since
from stl_query h
where h.starttime > getdate() - interval '7 days' and h.userid > 1 and h.label <> 'tidemark' and h.querytxt not like '%/* tidemark */%'
group by 1, 2, 3, 4, 5
order by 9 desc
limit {{row_max}}
