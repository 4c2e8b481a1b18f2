select j.id as id, j.schedule as schedule, j.active as active
from transform_job j
order by j.id
