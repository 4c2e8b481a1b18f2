-- The same by an index on (pipeline, start): from name to name, and from each the newest runs. Reads nothing else.
with recursive names as (
  (select r.{{pipeline}} as pipeline from {{relation}} as r where r.{{pipeline}} is not null order by r.{{pipeline}} limit 1)
  union all
  select (select r.{{pipeline}} from {{relation}} as r where r.{{pipeline}} > names.pipeline order by r.{{pipeline}} limit 1)
  from names
  where names.pipeline is not null
),
bounded as (select pipeline from names where pipeline is not null limit 200)
select {{columns}}
from bounded
  cross join lateral (
    select r.* from {{relation}} as r
    where r.{{pipeline}} = bounded.pipeline and r.{{started}} is not null
    order by r.{{started}} desc
    limit {{runs_each}}
  ) as t
limit {{row_max}}
