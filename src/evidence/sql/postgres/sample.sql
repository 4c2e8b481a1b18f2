-- Counts over a bounded part of one relation: no value leaves the server. The middle SELECT is fenced by OFFSET, so that each
-- form of a value is made once and not once a check.
select count(*)::bigint as row_count, {{counts}} as counts
from (
  select {{forms}}
  from (select {{columns}} from {{relation}}{{sample}} limit {{rows}}) r
  offset 0
) s
