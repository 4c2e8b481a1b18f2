-- Counts over a bounded part of one relation: no value leaves the engine.
select count(*) as row_count, {{counts}} as counts
from (
  select {{forms}}
  from (select {{columns}} from {{relation}}{{sample}} limit {{rows}}) r
) s
