select p.id as id, h.channel_type as channel_type, p.archived as archived, p.dashboard_id as dashboard_id, h.enabled as enabled, h.schedule_type as schedule_type,
  h.schedule_hour as schedule_hour, h.schedule_day as schedule_day, h.schedule_frame as schedule_frame
from pulse p
join pulse_channel h on h.pulse_id = p.id
order by p.id, h.id
