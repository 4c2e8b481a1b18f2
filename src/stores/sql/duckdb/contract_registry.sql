-- Rows of the registry of contracts that a team keeps itself: who promises which columns, and nothing else of the table.
select left(cast({{name}} as varchar), {{word_max}}) as name, left(cast({{schema}} as varchar), {{word_max}}) as schema, left(cast({{version}} as varchar), {{word_max}}) as version,
  left(cast({{owner}} as varchar), {{word_max}}) as owner, left(cast({{policy}} as varchar), {{word_max}}) as policy,
  case when length(cast({{definition}} as varchar)) <= {{schema_max}} then cast({{definition}} as varchar) end as definition, length(cast({{definition}} as varchar)) > {{schema_max}} as too_long,
  {{deprecated_seconds}} as deprecated_seconds, left(cast({{deprecated_text}} as varchar), {{word_max}}) as deprecated_text
from {{relation}}
limit {{row_max}}
