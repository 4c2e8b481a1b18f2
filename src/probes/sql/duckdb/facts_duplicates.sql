-- Rows beyond the first of each event.
select coalesce(sum(copies - 1), 0)::double as rows
from (select count(*) as copies from {{relation}} as t where {{range}} and t.{{event}} is not null group by t.{{event}} having count(*) > 1) as repeated
