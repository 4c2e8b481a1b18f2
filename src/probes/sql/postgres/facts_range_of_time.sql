t.{{column}} >= to_timestamp({{from}}) and t.{{column}} < to_timestamp({{to}})
