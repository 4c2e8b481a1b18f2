-- The session's time zone is UTC.
to_char(t.{{column}}, 'YYYY-MM-DD')
