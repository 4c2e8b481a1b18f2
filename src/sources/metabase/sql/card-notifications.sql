select n.id as id, n.active as active, n.payload_type as payload_type, c.card_id as card_id, s.type as type, s.cron_schedule as cron_schedule
from notification n
join notification_card c on c.id = n.payload_id
join notification_subscription s on s.notification_id = n.id
where n.payload_type = 'notification/card'
order by n.id, s.id
