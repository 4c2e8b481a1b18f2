-- Before 20 no function tells the user.
SELECT version() AS version, currentDatabase() AS database, '' AS role
