t.{{column}} in (0, -1)
