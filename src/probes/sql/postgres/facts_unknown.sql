count(*) filter (where {{condition}})::float8
