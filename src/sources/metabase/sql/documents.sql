select d.id as id, d.name as name, d.collection_id as collection_id
from document d
order by d.id
