{{
  config(
    materialized = 'incremental',
    unique_key = ['ward_code', 'day'],
    incremental_strategy = 'delete+insert',
    on_schema_change = "append_new_columns",
    pre_hook = [
      "set local work_mem = '256MB'",
      {"sql": "delete from {{ this }} where day >= current_date - {{ var('look_back_days') }}", "transaction": True}
    ],
    meta = {'owner': 'flow-team'}
  )
}}

{% set look_back = var('look_back_days', 30) %}

select
    a.ward_code,
    d.day::date as day,
    count(*) as patients,
    count(*) filter (where a.is_night_admission) as night_patients
    {%- for code in ward_codes() %}
    , sum(case when a.ward_code = '{{ code }}' then 1 else 0 end) as ward_{{ code | lower }}
    {%- endfor %}
from {{ ref('stg_ehr__admissions') }} as a
cross join lateral generate_series(a.admitted_at, coalesce(a.discharged_at, now()), interval '1 day') as d (day)
{% if is_incremental() %}
where a.admitted_at >= (select coalesce(max(day), date '2020-01-01') - {{ look_back }} from {{ this }})
{% endif %}
group by 1, 2
