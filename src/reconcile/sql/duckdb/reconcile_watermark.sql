select epoch_us(max({{time}}))::double / 1e6 as newest, count(*)::int as row_count
from {{relation}} as t
where {{condition}}
