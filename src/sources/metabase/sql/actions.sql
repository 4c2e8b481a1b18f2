select a.id as id, a.entity_id as entity_id, a.name as name, a.description as description, a.archived as archived, a.model_id as model_id,
  a.creator_id as creator_id, a.public_uuid::text as public_uuid, q.database_id as database_id, q.dataset_query::text as dataset_query
from action a
join query_action q on q.action_id = a.id
order by a.id
