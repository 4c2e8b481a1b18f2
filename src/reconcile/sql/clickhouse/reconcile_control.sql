-- Tables with both columns that the convention of watermarks has.
select c.database as "schema", c.table as "name"
from system.columns as c
where c.name in ({{product_column}}, {{watermark_column}}) and c.database not in ('system', 'INFORMATION_SCHEMA', 'information_schema')
group by c.database, c.table
having count() = 2
order by c.database, c.table
limit 20
