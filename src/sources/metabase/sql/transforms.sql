select t.id as id, t.entity_id as entity_id, t.name as name, t.description as description, t.source::text as source, t.target::text as target,
  t.creator_id as creator_id, t.collection_id as collection_id, t.owner_email as owner_email, t.owner_user_id as owner_user_id,
  t.source_database_id as source_database_id
from transform t
order by t.id
