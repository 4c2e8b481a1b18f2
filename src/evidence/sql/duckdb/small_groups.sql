-- How many groups are small, never which.
select count(*) as groups, count(*) filter (where n < {{k}}) as small, coalesce(sum(n) filter (where n < {{k}}), 0)::bigint as rows_in_small
from (select count(*) as n from {{relation}} t group by {{columns}}) g
