-- The names of a query's columns, in their order, by one row of nulls: the query itself is planned and not run.
select q.* from (select 1) as one left join (select * from (
{{query}}
) as asked where false) as q on true
