-- The last runs of each pipeline, by one pass over the table: the cheapest way while it is small.
select {{columns}}
from (
  select t.*, row_number() over (partition by t.{{pipeline}} order by t.{{started}} desc nulls last) as "tidemark place"
  from {{relation}} as t
) as t
where t."tidemark place" <= {{runs_each}}
order by t.{{started}} desc nulls last
limit {{row_max}}
