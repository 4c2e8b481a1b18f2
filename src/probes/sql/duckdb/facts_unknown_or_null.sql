(t.{{column}} is null or t.{{column}} in (0, -1))
