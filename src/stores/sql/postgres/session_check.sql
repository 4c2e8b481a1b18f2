-- Since 13. Whether the options of the connection hold; a pooler may have dropped them. Only their source tells: the role may have
-- such settings itself, of the same value even, and others of ours not (PostgreSQL 18, 53.25: `client` is the connection request).
select not exists (
  select from pg_catalog.pg_settings s
  where s.name in ('default_transaction_read_only', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'search_path')
    and s.source <> 'client') as held
