{% test is_in_past(model, column_name, grace='0 hours') %}

select {{ column_name }}
from {{ model }}
where {{ column_name }} > now() + interval '{{ grace }}'

{% endtest %}
