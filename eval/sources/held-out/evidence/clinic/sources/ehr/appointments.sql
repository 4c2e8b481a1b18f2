-- one row per appointment; don't add names
select
    a.appointment_id,
    a.starts_at,
    a.clinic_code,
    a.attended is true as attended
from ehr.appointment a
where a.starts_at >= '${first_day}'::date
  and a.tenant = '${tenant}'
