to_timestamp({{now}} + 86400)
