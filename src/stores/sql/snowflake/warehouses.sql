-- Runs without a warehouse, and starts none. State and auto_suspend, in seconds, of those that this role may use or see.
show warehouses
