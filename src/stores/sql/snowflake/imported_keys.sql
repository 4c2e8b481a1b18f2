show imported keys in database {{database}}
