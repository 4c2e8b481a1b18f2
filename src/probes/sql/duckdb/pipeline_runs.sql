-- The last runs of each pipeline. DuckDB reads columns: the wide ones only of the rows that stay.
select {{columns}}
from {{relation}} as t
qualify row_number() over (partition by t.{{pipeline}} order by t.{{started}} desc nulls last) <= {{runs_each}}
order by t.{{started}} desc nulls last
limit {{row_max}}
