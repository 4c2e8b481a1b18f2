-- total_rows counts rows that are deleted by a mask, until a merge leaves them out.
SELECT t.database AS database, t.name AS name, t.engine AS engine, t.engine_full AS engine_full, t.create_table_query AS create_table_query,
  toString(t.total_rows) AS rows, toString(t.total_bytes) AS bytes, if(p.parts > 0, toFloat64(toUnixTimestamp(p.modified_at)), NULL) AS modified_at, toUInt8(p.masked) AS masked
FROM (SELECT database, name, engine, engine_full, create_table_query, total_rows, total_bytes FROM system.tables WHERE (database, name) IN ({{relations}})) AS t
LEFT JOIN (
  SELECT database, table AS name, count() AS parts, max(modification_time) AS modified_at, max(has_lightweight_delete) AS masked
  FROM system.parts WHERE active AND (database, table) IN ({{relations}}) GROUP BY database, table) AS p
ON p.database = t.database AND p.name = t.name
