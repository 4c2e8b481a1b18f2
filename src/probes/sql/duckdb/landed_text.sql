-- ISO times order as texts do.
select {{n}} as n, left(max(t.{{column}}::varchar), 200) as value, null::varchar as other from {{relation}} as t
