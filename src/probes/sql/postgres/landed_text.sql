-- ISO times order as texts do.
select {{n}} as n, left(max(t.{{column}}::text), 200) as value, null::text as other from {{relation}} as t
