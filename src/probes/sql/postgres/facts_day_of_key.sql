t.{{column}}::text
