select h.notification_id as notification_id, h.channel_type as channel_type, h.active as active
from notification_handler h
order by h.id
