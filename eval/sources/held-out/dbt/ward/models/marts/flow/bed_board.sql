{{ config(materialized='ephemeral') }}
select b.bed_id, b.bed_label, l1.hours as old_hours, l2.hours
from {{ ref('stg_ehr__beds') }} b
left join {{ ref('length_of_stay', v=1) }} l1 using (ward_code)
left join {{ ref('length_of_stay') }} l2 using (ward_code)
