-- Epoch seconds as text; null for infinity. A time without a zone is taken for UTC.
epoch({{column}})::varchar
