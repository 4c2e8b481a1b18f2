select c.id as id, c.entity_id as entity_id, c.name as name, c.description as description, c.type as type, c.dataset as dataset,
  c.display as display, c.archived as archived, c.dataset_query::text as dataset_query, c.legacy_query::text as legacy_query,
  c.result_metadata::text as result_metadata, c.database_id as database_id, c.table_id as table_id, c.collection_id as collection_id,
  c.dashboard_id as dashboard_id, c.document_id as document_id, c.creator_id as creator_id, c.public_uuid::text as public_uuid, c.enable_embedding as enable_embedding,
  c.view_count::float8 as view_count,
  to_char(c.last_used_at::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_used_at
from report_card c
order by c.id
