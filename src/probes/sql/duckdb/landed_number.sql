-- By way of a whole number, so that a double is not written with an exponent.
select {{n}} as n, max(t.{{column}})::hugeint::varchar as value, null::varchar as other from {{relation}} as t
