-- Digests of keys, summed by bucket: numbers only.
select (h % {{buckets}})::int as bucket, count(*) as keys, sum(h)::varchar as total, count(*) filter (where gone) as gone
from (select distinct {{digest}} as h, {{gone}} as gone from {{relation}} t where {{condition}}) s
group by 1
