SELECT name, type, default_kind
FROM system.columns
WHERE database = {{database}} AND table = {{name}}
ORDER BY position
