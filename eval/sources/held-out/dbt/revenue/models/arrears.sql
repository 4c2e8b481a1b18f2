-- changed since the last parse
{%- set regions = var('regions') %}
select
    a.id,
    {% for r in regions -%}
    sum(case when a.region = '{{ r }}' then a.assessed - a.paid end) as arrears_{{ r }},
    {% endfor -%}
    count(h.d) as holidays
from {{ ref('assessments') }} a
left join {{ ref('calendar', 'holidays') }} h on h.d = a.due_on
group by a.id
