-- Of one dataset, without a scan; rows still in the streaming buffer are not in it.
select dataset_id as schema, table_id as name, cast(row_count as float64) as `rows`, cast(size_bytes as float64) as bytes
from {{scope}}.__TABLES__
order by 1, 2
limit {{row_max}}
