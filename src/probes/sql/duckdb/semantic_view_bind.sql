-- Binds all names and types; the engine reads nothing for no rows.
select 1 as n from (select * from {{relation}} limit 0) as r
