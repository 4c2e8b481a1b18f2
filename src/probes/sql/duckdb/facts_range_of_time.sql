-- One form for all types of time: DuckDB reads this column whole in any case.
epoch(t.{{column}}) >= {{from}} and epoch(t.{{column}}) < {{to}}
