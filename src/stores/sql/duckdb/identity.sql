select version() as version, current_database() as database
