select f.id as id, f.table_id as table_id, f.name as name, f.base_type as base_type, f.effective_type as effective_type,
  f.database_type as database_type, coalesce(f.semantic_type, f.special_type) as semantic_type, f.fk_target_field_id as fk_target_field_id,
  f.visibility_type as visibility_type, f.active as active, f.nfc_path::text as nfc_path, f.parent_id as parent_id, f.position as position
from metabase_field f
join metabase_table t on t.id = f.table_id
where coalesce(t.active, true)
order by f.table_id, f.id
