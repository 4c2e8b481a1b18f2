select date_trunc('month', starts_at) as month, clinic_code, count(*) filter (where not attended) as missed
from ehr.appointment
group by 1, 2;
