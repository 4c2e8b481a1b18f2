-- Relations with both columns that the convention of watermarks has.
select table_schema as `schema`, table_name as `name`
from information_schema.columns
where column_name in ({{product_column}}, {{watermark_column}}) and table_schema <> 'information_schema'
group by table_schema, table_name
having count(*) = 2
order by table_schema, table_name
limit 20
