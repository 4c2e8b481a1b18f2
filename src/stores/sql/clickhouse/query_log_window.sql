SELECT toUnixTimestamp(min(event_time)) AS since, toUnixTimestamp(now()) AS until, toFloat64(count()) AS entries
FROM {{log}}
WHERE event_date >= today() - {{days}} AND event_time >= now() - {{days}} * 86400
