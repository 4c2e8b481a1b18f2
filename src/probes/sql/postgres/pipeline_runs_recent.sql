-- The newest runs of all pipelines together, by an index on the start alone.
select {{columns}}
from (select r.* from {{relation}} as r where r.{{started}} is not null order by r.{{started}} desc limit {{row_max}}) as t
order by t.{{started}} desc
