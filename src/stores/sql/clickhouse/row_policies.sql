SELECT short_name AS name, database, table, select_filter AS filter, toUInt8(apply_to_all) AS everybody, apply_to_list AS roles
FROM system.row_policies
LIMIT {{row_max}}
