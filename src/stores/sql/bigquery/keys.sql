-- Keys are noted, never held. There is no such view of a whole region. BigQuery, KEY_COLUMN_USAGE and CONSTRAINT_COLUMN_USAGE: of a
-- foreign key the latter names what it refers to, in no order, so that it pairs columns of single-column keys alone.
select k.table_schema as schema, k.table_name as relation, k.constraint_name as name, c.constraint_type as kind, k.column_name as `column`,
  u.table_schema as referenced_schema, u.table_name as referenced, u.column_name as referenced_column
from {{scope}}.INFORMATION_SCHEMA.KEY_COLUMN_USAGE as k
  join {{scope}}.INFORMATION_SCHEMA.TABLE_CONSTRAINTS as c on c.constraint_name = k.constraint_name and c.table_name = k.table_name
  left join {{scope}}.INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE as u on u.constraint_name = k.constraint_name and c.constraint_type = 'FOREIGN KEY'
order by 1, 2, 3, k.ordinal_position
limit {{row_max}}
