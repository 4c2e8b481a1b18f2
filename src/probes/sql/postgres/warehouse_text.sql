left({{column}}::text, 200)
