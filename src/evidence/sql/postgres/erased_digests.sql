-- Digests of keys in the buckets that differ, in few long rows.
select gone, string_agg(h::text, ',') as digests
from (select distinct {{digest}} as h, {{gone}} as gone from {{relation}} t where {{condition}}) s
where {{within}}
group by gone, h % 64
