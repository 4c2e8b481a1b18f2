select id, patient_id, starts_at, minutes, state_code, fee from {{ source('pms', 'appointment') }}
