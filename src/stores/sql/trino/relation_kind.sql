select table_type as kind
from {{catalog}}.information_schema.tables
where table_schema = {{schema}} and table_name = {{name}}
