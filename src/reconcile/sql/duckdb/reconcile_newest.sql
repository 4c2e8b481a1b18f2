select epoch_us(max({{time}}))::double / 1e6 as newest
from {{relation}} as t
where {{time}} >= {{from}} and {{time}} < {{to}}
