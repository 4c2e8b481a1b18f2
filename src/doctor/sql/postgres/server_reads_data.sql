-- 13 has no such role.
false
