(date '1970-01-01' + floor(epoch(t.{{column}}) / 86400)::integer)::varchar
