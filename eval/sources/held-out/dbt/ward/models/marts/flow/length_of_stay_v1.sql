select ward_code, avg(stay_minutes) / 60 as hours from {{ ref('stg_ehr__admissions') }} group by 1
