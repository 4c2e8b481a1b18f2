-- Numbers stay as the server has them: null for a lost slot, never zero.
select s.slot_name, s.slot_type, s.plugin, (select d.datname from pg_database d where d.oid = s.datoid) as database,
  s.temporary, s.active, s.active_pid,
  s.restart_lsn::text as restart_lsn, s.confirmed_flush_lsn::text as confirmed_flush_lsn,
  s.wal_status, s.safe_wal_size as safe_wal_bytes,
  {{slots_columns}},
  age(s.xmin) as xmin_age, age(s.catalog_xmin) as catalog_xmin_age,
  t.total_txns as total_transactions, t.total_bytes, t.spill_txns as spill_transactions, t.spill_bytes, t.stream_bytes,
  extract(epoch from t.stats_reset)::float8 as statistics_reset
from slot s left join lateral ({{slots_statistics}}) t on true
