-- By the server's clock.
select {{pipeline}} as pipeline, {{status}} as status, count(*)::float8 as runs
from {{relation}} as t
where t.{{started}} >= now() - interval '24 hours' and t.{{started}} <= now() + interval '1 hour'
group by 1, 2
limit 2000
