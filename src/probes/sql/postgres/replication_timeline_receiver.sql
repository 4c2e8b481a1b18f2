-- The same for a role that may not execute pg_control_*(), which every role may by default.
case when pg_is_in_recovery() then (select received_tli from pg_stat_wal_receiver) else {{replication_timeline}} end
