left({{column}}::numeric::text, 60)
