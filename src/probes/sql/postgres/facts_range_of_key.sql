t.{{column}} >= {{from_key}} and t.{{column}} < {{to_key}}
