-- Kept without a scan; LAST_ALTERED moves with changes of rows, with definitions and with maintenance.
select table_schema as "schema", table_name as "name", row_count::double as "rows", bytes::double as "bytes", date_part('epoch_millisecond', last_altered)::double / 1000 as "modified_at"
from {{database}}.information_schema.tables
where (table_schema, table_name) in ({{relations}})
