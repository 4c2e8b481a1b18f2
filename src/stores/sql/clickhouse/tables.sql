-- 18.16 to 19: no select of views apart, no comment, and rows of parts only.
SELECT t.database AS database, t.name AS name, t.engine AS engine, t.engine_full AS engine_full, t.create_table_query AS create_table_query, '' AS as_select,
  t.sorting_key AS sorting_key, t.partition_key AS partition_key, '' AS comment,
  if(p.parts > 0, toString(p.rows), NULL) AS rows, if(p.parts > 0, toString(p.bytes), NULL) AS bytes
FROM (
  SELECT database, name, engine, engine_full, create_table_query, sorting_key, partition_key
  FROM system.tables WHERE database != 'system' AND NOT is_temporary AND name NOT LIKE '.inner%' ORDER BY database, name LIMIT {{row_max}}) AS t
ANY LEFT JOIN (SELECT database, table AS name, count() AS parts, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active GROUP BY database, table) AS p
USING (database, name)
ORDER BY database, name
