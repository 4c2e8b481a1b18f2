-- Since 13. Rows of the registry of contracts that a team keeps itself: who promises which columns, and nothing else of the table.
select left({{name}}::text, {{word_max}}) as name, left({{schema}}::text, {{word_max}}) as schema, left({{version}}::text, {{word_max}}) as version,
  left({{owner}}::text, {{word_max}}) as owner, left({{policy}}::text, {{word_max}}) as policy,
  case when length({{definition}}::text) <= {{schema_max}} then {{definition}}::text end as definition, length({{definition}}::text) > {{schema_max}} as too_long,
  {{deprecated_seconds}} as deprecated_seconds, left({{deprecated_text}}::text, {{word_max}}) as deprecated_text
from {{relation}}
limit {{row_max}}
