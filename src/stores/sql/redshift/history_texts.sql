select query_id::varchar as query_id, "sequence"::int as "sequence", "text"::varchar(4000) as "text"
from sys_query_text
where query_id in ({{ids}}) and "sequence" < {{chunks_max}}
order by query_id, "sequence"
