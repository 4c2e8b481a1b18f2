left({{column}}::varchar, 60)
