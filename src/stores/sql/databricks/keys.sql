-- Primary and foreign keys are noted and not held (CONSTRAINT clause).
select c.table_schema as `schema`, c.table_name as relation, c.constraint_name as name, c.constraint_type as kind, k.column_name as column,
  u.table_schema as referenced_schema, u.table_name as referenced_relation, u.column_name as referenced_column
from {{catalog}}.information_schema.table_constraints c
join {{catalog}}.information_schema.key_column_usage k
  on k.constraint_schema = c.constraint_schema and k.constraint_name = c.constraint_name and k.table_schema = c.table_schema and k.table_name = c.table_name
left join {{catalog}}.information_schema.referential_constraints r on r.constraint_schema = c.constraint_schema and r.constraint_name = c.constraint_name
left join {{catalog}}.information_schema.key_column_usage u
  on u.constraint_schema = r.unique_constraint_schema and u.constraint_name = r.unique_constraint_name and u.ordinal_position = k.position_in_unique_constraint
where c.constraint_type in ('PRIMARY KEY', 'FOREIGN KEY') {{only}}
order by c.table_schema, c.table_name, c.constraint_type desc, c.constraint_name, k.ordinal_position
limit {{row_max}}
