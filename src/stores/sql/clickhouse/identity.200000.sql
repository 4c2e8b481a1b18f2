SELECT version() AS version, currentDatabase() AS database, currentUser() AS role
