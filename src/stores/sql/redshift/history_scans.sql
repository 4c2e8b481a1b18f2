-- Bytes that scans of stored tables gave to the next step (Redshift guide, SYS_QUERY_DETAIL).
select h.user_id, trim(h.query_label)::varchar as label, trim(h.generic_query_hash)::varchar as hash, sum(d.input_bytes)::float8 as scanned_bytes
from sys_query_history h join sys_query_detail d on d.query_id = h.query_id
where h.start_time > getdate() - interval '7 days' and h.status = 'success' and h.user_id > 1 and h.query_label <> 'tidemark'
  and d.start_time > getdate() - interval '8 days' and trim(d.step_name) = 'scan' and d.table_id > 0
group by 1, 2, 3
limit {{row_max}}
