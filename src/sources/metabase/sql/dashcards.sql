select s.dashboard_id as dashboard_id, s.card_id as card_id, s.parameter_mappings::text as parameter_mappings
from report_dashboardcard s
where s.card_id is not null
order by s.dashboard_id, s.id
