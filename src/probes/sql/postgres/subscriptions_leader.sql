-- 14 and 15: one worker applies.
true
