-- The server itself cuts texts at 100,000 bytes (log_queries_cut_to_length). Statements as their senders wrote them: not the parts that servers of a cluster send each other. Columns: system.query_log, 18.16 and 26.7. Types: 1 begins,
-- 2 has ended, 3 and 4 ended with an error; 18.16 has them as numbers.
SELECT toString(user) AS user, {{database}} AS database, substring(if(http_user_agent != '', toString(http_user_agent), toString(client_name)), 1, 200) AS application, {{hash}} AS hash,
  substring(any(query), 1, {{text_max}}) AS text, length(any(query)) >= {{text_max}} AS cut,
  toFloat64(countIf(toInt8(type) = 2)) AS runs, toFloat64(countIf(toInt8(type) != 2)) AS failures,
  toFloat64(sumIf(query_duration_ms, toInt8(type) = 2)) AS execution_ms, toFloat64(maxIf(query_duration_ms, toInt8(type) = 2)) AS longest_ms,
  toFloat64(sumIf(result_rows + {{written}}, toInt8(type) = 2)) AS row_count, toFloat64(sumIf(read_bytes, toInt8(type) = 2)) AS scanned_bytes
FROM {{log}}
WHERE event_date >= today() - {{days}} AND event_time >= now() - {{days}} * 86400 AND toInt8(type) != 1 AND is_initial_query AND NOT {{own}}
GROUP BY user, database, application, hash
ORDER BY execution_ms DESC, hash
LIMIT {{row_max}}
