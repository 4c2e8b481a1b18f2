explore: appointment {
  label: "Appointments"
  description: "one row an appointment"
  sql_always_where: ${appointment.state} <> 'void' AND ${appointment.starts_date} >= DATE '2019-01-01' ;;
  always_filter: { filters: [appointment.period: "90 days"] }
  access_filter: { field: ward.site user_attribute: site }
  required_access_grants: [clinicians]
  join: ward {
    type: left_outer
    relationship: many_to_one
    sql_on: ${appointment.ward_id} = ${ward.id} ;;
  }
  join: patient_facts {
    type: inner
    relationship: many_to_one
    sql_on: ${appointment.patient_id} = ${patient_facts.patient_id}
            AND ${patient_facts.missed} < 10 ;;
  }
  join: nobody { sql_on: ${nobody.id} = ${appointment.id} ;; relationship: one_to_one }
  query: by_ward { dimensions: [ward.name] measures: [appointment.count] label: "By ward" }
  aggregate_table: rollup { query: { dimensions: [appointment.starts_date] measures: [appointment.count] } materialization: { datagroup_trigger: nightly } }
}
explore: wards_only { hidden: yes from: ward  extension: required }
