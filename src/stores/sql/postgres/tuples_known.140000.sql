-- Since 14: a table that was never analysed has -1 rows.
0
