-- What lies further ahead than a clock may be wrong is a placeholder such as infinity or 9999-12-31.
select {{n}} as n, epoch(max(t.{{column}}))::varchar as value, null::varchar as other
from {{relation}} as t
where t.{{column}} < {{limit}}
