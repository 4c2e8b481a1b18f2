{% macro query_comment(node) %}
    {%- set d = dict(app='dbt', profile_name=target.get('profile_name'), target_name=target.get('target_name')) -%}
    {%- if node is not none -%}{%- do d.update(node_id=node.unique_id) -%}{%- endif -%}
    {{ return(tojson(d)) }}
{% endmacro %}
