show unique keys in database {{database}}
