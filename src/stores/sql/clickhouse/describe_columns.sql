-- Before 20 columns have no number; they come in their order.
SELECT name, type, default_kind FROM system.columns WHERE database = {{database}} AND table = {{name}}
