-- Whether the options of the connection hold; a pooler may have dropped them.
select current_setting('default_transaction_read_only') = 'on' and current_setting('lock_timeout') <> '0' as held
