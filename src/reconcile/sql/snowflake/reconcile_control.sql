-- Relations with both columns that the convention of watermarks has, in either case: names without quotes are kept in upper case.
select table_schema as "schema", table_name as "name"
from information_schema.columns
where column_name in ({{product_column}}, {{watermark_column}}, upper({{product_column}}), upper({{watermark_column}})) and table_schema <> 'INFORMATION_SCHEMA'
group by table_schema, table_name
having count(*) = 2
order by table_schema, table_name
limit 20
