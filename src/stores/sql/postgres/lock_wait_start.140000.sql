-- Since 14. Of pg_locks l; null for a moment after the wait began.
min(l.waitstart)
