-- Since 14; visible where the text is.
t.query_id::text
