select extract(epoch from max({{time}}))::float8 as newest
from {{relation}} as t
where {{time}} >= {{from}} and {{time}} < {{to}}
