show primary keys in database {{database}}
