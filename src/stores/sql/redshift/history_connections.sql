left join (
  select session_id, max(trim(application_name)) as application
  from sys_connection_log
  where record_time > getdate() - interval '8 days' and trim(application_name) <> ''
  group by session_id) c on c.session_id = h.session_id
