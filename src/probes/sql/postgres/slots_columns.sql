-- 13.
null::boolean as two_phase, null::boolean as conflicting, null::text as invalidation_reason, null::float8 as inactive_since,
  null::boolean as failover, null::boolean as synced
