select d.id as id, d.name as name, d.archived as archived, d.public_uuid::text as public_uuid, d.enable_embedding as enable_embedding,
  d.parameters::text as parameters, d.collection_id as collection_id, d.creator_id as creator_id
from report_dashboard d
order by d.id
