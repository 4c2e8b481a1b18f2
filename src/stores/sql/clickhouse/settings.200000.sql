SELECT name, value, toUInt8(readonly) AS fixed, min AS least, max AS most FROM system.settings WHERE name IN ({{names}})
