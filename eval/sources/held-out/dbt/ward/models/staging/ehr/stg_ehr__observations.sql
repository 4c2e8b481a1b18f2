{{ config(enabled=var('with_observations', true)) }}
select
    "observationId" as observation_id,
    "patientId" as patient_id,
    {{ dbt.date_trunc('hour', '"recordedAt"') }} as recorded_hour,
    {{ dbt_utils.generate_surrogate_key(['"patientId"', '"recordedAt"']) }} as observation_key
from {{ source('ehr', 'Observation') }}
{# limit in dev, see ward's "handbook" #}
{%- if target.name == 'dev' %}
limit 1000
{%- endif %}
