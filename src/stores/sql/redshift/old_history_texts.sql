select query::varchar as query_id, "sequence"::int as "sequence", "text"::varchar(200) as "text"
from stl_querytext
where query in ({{ids}}) and "sequence" < {{chunks_max}}
order by query, "sequence"
