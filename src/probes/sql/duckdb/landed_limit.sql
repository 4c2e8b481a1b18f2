make_timestamp(({{now}} + 86400)::bigint * 1000000)
