select c.id as id, c.name as name, c.location as location, c.archived as archived, c.personal_owner_id as personal_owner_id,
  c.authority_level as authority_level
from collection c
order by c.id
