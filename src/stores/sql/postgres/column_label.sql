-- Security labels of the column pg_attribute a, of every provider.
select left(string_agg(s.label, '; ' order by s.provider), {{text_max}}) as label
from pg_seclabel s
where s.classoid = 'pg_class'::regclass and s.objoid = a.attrelid and s.objsubid = a.attnum
