-- Every user may read these, in every version.
SELECT name, value, 0 AS fixed, '' AS least, '' AS most FROM system.settings WHERE name IN ({{names}})
