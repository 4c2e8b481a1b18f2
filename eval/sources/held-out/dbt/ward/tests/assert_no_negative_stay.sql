{{ config(severity = 'error', store_failures = false) }}
select admission_id from {{ ref('stg_ehr__admissions') }} where stay_minutes < 0
