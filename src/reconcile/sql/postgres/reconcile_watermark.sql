select extract(epoch from max({{time}}))::float8 as newest, count(*)::int as row_count
from {{relation}} as t
where {{condition}}
