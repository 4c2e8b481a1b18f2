-- Epoch seconds as text. A time without a zone is taken for UTC, which is the session's.
case when isfinite({{column}}) then extract(epoch from {{column}})::float8::text end
