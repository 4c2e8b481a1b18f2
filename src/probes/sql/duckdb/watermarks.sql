-- The order is by the column of the table, never by an output of the same name.
-- Newest first: where a table keeps a row for every load, the first of each product speaks for it.
select {{name}} as name, {{source_system}} as source_system, {{watermark}} as watermark, {{loaded}} as loaded, {{failed}} as failed,
  {{status}} as status, {{has_error}} as has_error
from {{relation}} as t
order by t.{{order}} desc nulls last
limit {{row_max}}
