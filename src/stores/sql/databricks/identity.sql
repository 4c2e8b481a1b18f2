select current_user() as role, current_version().dbsql_version as version
