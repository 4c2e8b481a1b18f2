-- Before compression, of active parts; rows and bytes as text, for they are 64-bit.
SELECT c.database AS database, c.table AS table, c.name AS name, toString(c.data_uncompressed_bytes) AS bytes, toString(p.total) AS rows, toString(p.whole) AS whole
FROM (SELECT database, table, name, data_uncompressed_bytes FROM system.columns WHERE (database, table) IN ({{relations}})) AS c
INNER JOIN (
  SELECT database, table, sum(rows) AS total, sum(data_uncompressed_bytes) AS whole
  FROM system.parts WHERE active AND (database, table) IN ({{relations}}) GROUP BY database, table) AS p
ON p.database = c.database AND p.table = c.table
