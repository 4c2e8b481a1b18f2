-- As texts `9/0` would be larger than `10/0`: both forms of a position are compared as numbers.
select {{n}} as n,
  max(case when t.{{column}} ~ '^[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}$' then t.{{column}}::pg_lsn end)::text as value,
  max(case when t.{{column}} ~ '^[0-9]{1,20}$' then t.{{column}}::numeric end)::text as other
from {{relation}} as t
