{% macro grant_usage(schemas) %}
  {% for schema in schemas %}
    grant usage on schema {{ schema }} to bi_reader;
  {% endfor %}
{% endmacro %}

{% macro minutes_between(start_col, end_col, precision=0) -%}
    round(extract(epoch from ({{ end_col }} - {{ start_col }}))::numeric / 60, {{ precision }})
{%- endmacro %}

{% macro is_night(col) -%}
    ({{ col }})::time >= '{{ var("night_from") }}'::time
{%- endmacro %}

{% macro purge_old_runs(days=90) %}
  {%- call statement('old_runs', fetch_result=True) -%}
    select run_id
    from analytics_audit.runs
    where started_at < now() - interval '{{ days }} days'
  {%- endcall -%}
  {%- set old = load_result('old_runs')['data'] -%}
  {% if old | length > 0 %}
    {% do run_query("delete from analytics_audit.runs where started_at < now() - interval '" ~ days ~ " days'") %}
  {% endif %}
{% endmacro %}

{% macro ward_codes() %}
  {% set codes_query %}
    select distinct ward_code
    from {{ source('ehr', 'ward') }}
    where closed_on is null
    order by 1
  {% endset %}
  {% set results = run_query(codes_query) %}
  {% if execute %}
    {{ return(results.columns[0].values()) }}
  {% else %}
    {{ return([]) }}
  {% endif %}
{% endmacro %}
