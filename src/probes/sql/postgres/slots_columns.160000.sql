-- Since 16: conflicting, which on 16 alone is true for every invalidated slot.
s.two_phase, s.conflicting, null::text as invalidation_reason, null::float8 as inactive_since,
  null::boolean as failover, null::boolean as synced
