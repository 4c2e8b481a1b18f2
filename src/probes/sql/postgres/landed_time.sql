-- What lies further ahead than a clock may be wrong is a placeholder such as infinity or 9999-12-31. With an index this is one
-- step backwards through it, whatever the size of the table (PostgreSQL 18, planagg.c); a FILTER would scan everything.
select {{n}} as n, extract(epoch from max(t.{{column}}))::float8::text as value, null::text as other
from {{relation}} as t
where t.{{column}} < now() + interval '1 day'
