-- Since 13. A segment's name is its timeline, then its number in two parts; its time is when WAL was last written to it, in
-- whole seconds, cut off. Recycled and preallocated files have names after the current one and times that mean nothing;
-- other timelines hold other histories. The newest {{newest_max}} stand one by one, of the older ones every n-th up to the oldest.
-- PostgreSQL 18: Generic File Access Functions (pg_ls_waldir: superusers and members of pg_monitor), WAL Internals.
with server as materialized (
  select extract(epoch from clock_timestamp())::float8 as server_time, {{replication_lsn}} as lsn, ({{timeline}}) as timeline,
    pg_size_bytes(current_setting('wal_segment_size')) as segment_bytes
), file as materialized (
  select name, size, modification from pg_ls_waldir()
), named as (
  select ('x' || substr(f.name, 9, 8))::bit(32)::bigint * (4294967296 / v.segment_bytes)
      + ('x' || substr(f.name, 17, 8))::bit(32)::bigint as number,
    f.modification
  from file f, server v
  where f.name ~ '^[0-9A-F]{24}$' and ('x' || substr(f.name, 1, 8))::bit(32)::int = v.timeline
), segment as (
  select n.number, n.modification, row_number() over (order by n.number desc) as age, count(*) over () as total
  from named n, server v
  where n.number * v.segment_bytes < v.lsn - '0/0'::pg_lsn
)
select v.server_time, v.lsn::text as lsn, v.timeline, v.segment_bytes,
  (select coalesce(json_agg(json_build_array(s.number, extract(epoch from s.modification)::float8) order by s.number), '[]')
    from segment s
    where s.age <= {{newest_max}}
      or (s.total - s.age) % greatest(1, ceil((s.total - {{newest_max}})::float8 / {{older_max}}))::bigint = 0) as segments,
  (select count(*) from file)::float8 as files,
  (select coalesce(sum(f.size), 0) from file f)::float8 as total_bytes
from server v
