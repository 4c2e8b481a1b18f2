-- 13: a table that was never analysed has 0 rows, as an empty one.
1
