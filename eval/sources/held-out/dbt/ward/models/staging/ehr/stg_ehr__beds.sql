{{
	config(
		materialized='view',
		alias='stg_beds',
		tags=["nightly", 'beds'],
	)
}}

select
	b.id as bed_id,
	b.ward_code,
	b.bed_label,	-- the patient's board says 'Bed 4'
	coalesce(n.ward_name, 'unknown – Station') as ward_name
from {{ source("ehr", "bed") }} as b
left join {{ ref('ward_names') }} as n using (ward_code)
where not b.is_retired
