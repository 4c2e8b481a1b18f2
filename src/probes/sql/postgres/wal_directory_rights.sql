select has_function_privilege('pg_ls_waldir()', 'execute') as listing, quote_ident(current_user) as role
