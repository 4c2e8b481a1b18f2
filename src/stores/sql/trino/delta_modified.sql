-- Delta Lake connector, Metadata tables.
select to_unixtime(max("timestamp")) as modified_at
from {{snapshots}}
