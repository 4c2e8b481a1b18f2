count(*) filter (where {{condition}})::double
