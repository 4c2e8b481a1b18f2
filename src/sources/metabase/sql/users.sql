select u.id as id, u.email as email, u.first_name as first_name, u.last_name as last_name, u.is_active as is_active
from core_user u
order by u.id
