-- It's the nurse's "admission", not the bed's; keep {{ the_comment }} out of Jinja's way
with source as (

    select * from {{ source('ehr', 'admission') }}

),

renamed as (

    select
        id as admission_id,
        patient_id,
        ward_code,
        admitted_at,
        discharged_at,
        {{ minutes_between('admitted_at', 'discharged_at', precision=1) }} as stay_minutes,
        {{ is_night('admitted_at') }} as is_night_admission
    from source
    where ward_code not in (
        {%- for w in var('excluded_wards') %}'{{ w }}'{% if not loop.last %}, {% endif %}{% endfor -%}
    )

)

select * from renamed
