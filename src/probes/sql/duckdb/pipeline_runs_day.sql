select {{pipeline}} as pipeline, {{status}} as status, count(*)::double as runs
from {{relation}} as t
where epoch(t.{{started}}) >= {{now}} - 86400 and epoch(t.{{started}}) <= {{now}} + 3600
group by 1, 2
limit 2000
