-- Since 14. What pg_stat_replication_slots calls for each logical slot, without a second look at the slots.
select * from pg_stat_get_replication_slot(s.slot_name::text) where s.slot_type = 'logical'
