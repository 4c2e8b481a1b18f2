select format_timestamp('%FT%TZ', timestamp_sub(current_timestamp(), interval {{days}} day)) as since, format_timestamp('%FT%TZ', current_timestamp()) as until
