select {{n}} as n, max(t.{{column}})::numeric::text as value, null::text as other from {{relation}} as t
