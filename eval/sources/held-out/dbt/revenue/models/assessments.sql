select t.id, t.assessed, t.paid
from {{ source('tax', 'assessment') }} t
where t.year >= {{ var('first_year') }}
