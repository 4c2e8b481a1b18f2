-- Digests of keys, summed by bucket: numbers only.
select (h % {{buckets}})::int as bucket, count(*)::bigint as keys, sum(h)::text as total, count(*) filter (where gone)::bigint as gone
from (select distinct {{digest}} as h, {{gone}} as gone from {{relation}} t where {{condition}}) s
group by 1
