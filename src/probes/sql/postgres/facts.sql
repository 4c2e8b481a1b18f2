-- Rows by day, and among them those that point to no known member of a dimension. Days are in UTC.
select {{day}} as day, count(*)::float8 as rows, {{unknown}} as unknown_rows
from {{relation}} as t
where {{range}}
group by 1
order by 1
limit 20
