-- Before 20.1 system.tables has no total_rows. A mask of deleted rows came with 22.8.
SELECT t.database AS database, t.name AS name, t.engine AS engine, t.engine_full AS engine_full, t.create_table_query AS create_table_query,
  if(p.parts > 0, toString(p.rows), NULL) AS rows, if(p.parts > 0, toString(p.bytes), NULL) AS bytes,
  if(p.parts > 0, toFloat64(toUInt32(p.modified_at)), NULL) AS modified_at, 0 AS masked
FROM (SELECT database, name, engine, engine_full, create_table_query FROM system.tables WHERE (database, name) IN ({{relations}})) AS t
ANY LEFT JOIN (
  SELECT database, table AS name, count() AS parts, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, max(modification_time) AS modified_at
  FROM system.parts WHERE active AND (database, table) IN ({{relations}}) GROUP BY database, table) AS p
USING (database, name)
