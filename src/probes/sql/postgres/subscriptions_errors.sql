-- 14 counts none.
null::bigint as apply_errors, null::bigint as sync_errors
