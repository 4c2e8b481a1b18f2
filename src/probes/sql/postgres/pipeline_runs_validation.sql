-- The stored size is asked first: a long text is not unpacked to learn that it is too long.
case when pg_column_size({{column}}) <= {{length_max}} then left({{column}}::text, {{length_max}}) end
