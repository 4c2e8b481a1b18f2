-- On a primary the name of the segment says it, right after a promotion too, when pg_control still has the timeline of the
-- last checkpoint.
case when not pg_is_in_recovery() then ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end
