/* ad hoc: who's been here > 30 days? */
select admission_id, stay_minutes
from {{ ref('stg_ehr__admissions') }}
where stay_minutes > {{ 30 * 24 * 60 }}
order by 2 desc
