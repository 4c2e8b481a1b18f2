-- Since 17: invalidation_reason, inactive_since, failover, synced.
s.two_phase, s.conflicting, s.invalidation_reason, extract(epoch from s.inactive_since)::float8 as inactive_since,
  s.failover, s.synced
