select
    ward_code,
    percentile_cont(0.5) within group (order by stay_minutes) / 60 as hours
from {{ ref('ward_analytics', 'stg_ehr__admissions') }}
where discharged_at is not null
group by ward_code
