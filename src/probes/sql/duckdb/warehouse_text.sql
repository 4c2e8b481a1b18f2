left({{column}}::varchar, 200)
