-- Since 15. A worker that fails starts again and again: nothing else tells it apart from one that is slow.
(select e.apply_error_count from pg_stat_subscription_stats e where e.subid = s.oid) as apply_errors,
  (select e.sync_error_count from pg_stat_subscription_stats e where e.subid = s.oid) as sync_errors
