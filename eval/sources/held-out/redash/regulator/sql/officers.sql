/*
Name: Officers over target
Data source: 3
Created By: Ruth Amsel
Last Update At: 2024-11-02T10:11:12.000Z
*/
select o.name, count(*) as open_cases
from casework.officer o join casework.case_file c on c.officer_id = o.id
where c.status = '{{ status }}' and c.opened_at > now() - interval '{{days}} days'
group by o.name
