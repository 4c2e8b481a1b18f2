{% snapshot bed_history %}
{{ config(target_schema='history', unique_key='id', strategy='check', check_cols=['ward_code', 'is_retired']) }}
select id, ward_code, bed_label, is_retired from {{ source('ehr', 'bed') }}
{% endsnapshot %}

{%- snapshot ward_history -%}
    {{ config(unique_key='ward_code') }}
    select * from {{ source('ehr', 'ward') }} where ward_code <> 'TEST'
{%- endsnapshot -%}
