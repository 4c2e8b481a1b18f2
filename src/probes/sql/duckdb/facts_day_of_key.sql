t.{{column}}::varchar
