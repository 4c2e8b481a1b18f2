-- Iceberg connector, Metadata tables.
select to_unixtime(max(committed_at)) as modified_at
from {{snapshots}}
