-- UNRESTRICTED sees the statements of all users (Redshift guide, Visibility of data in system tables and views).
select upper(trim(syslog_access))::varchar as syslog_access
from svv_user_info
where user_name = current_user
