-- 13 keeps none.
select null::bigint as total_txns, null::bigint as total_bytes, null::bigint as spill_txns, null::bigint as spill_bytes,
  null::bigint as stream_bytes, null::timestamptz as stats_reset
