select s.dashboard_id as dashboard_id, a.card_id as card_id
from dashboardcard_series a
join report_dashboardcard s on s.id = a.dashboardcard_id
order by s.dashboard_id, a.id
