-- DuckDB 1.5. Columns of a query, which is bound and not run.
select d.column_name as name, d.column_type as type from (describe
{{query}}
) as d
