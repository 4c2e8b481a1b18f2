-- Whether something stands there, without its text.
({{column}} is not null and {{column}}::varchar <> '')
