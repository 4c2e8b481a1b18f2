-- As texts `9/0` would be larger than `10/0`: both forms of a position are compared as numbers.
select {{n}} as n,
  max(case when regexp_full_match(t.{{column}}, '[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}')
    then try_cast('0x' || split_part(t.{{column}}, '/', 1) as ubigint)::hugeint * 4294967296 + try_cast('0x' || split_part(t.{{column}}, '/', 2) as ubigint)::hugeint end)::varchar as value,
  max(case when regexp_full_match(t.{{column}}, '[0-9]{1,20}') then try_cast(t.{{column}} as hugeint) end)::varchar as other
from {{relation}} as t
