select {{n}} as n, max(t.{{column}})::text as value, null::text as other from {{relation}} as t
