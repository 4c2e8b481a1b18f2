include: "/views/raw/*.view"   # without the ending, as old projects write

view: appointment {
  sql_table_name: @{SCHEMA}.appointment ;;
  drill_fields: [id, patient_id]
  suggestions: no

  dimension: id { primary_key: yes type: number sql: ${TABLE}.appointment_id ;; }
  dimension: patient_id { type: number hidden: yes }
  dimension: ward_id { type: number }
  dimension_group: starts {
    type: time
    timeframes: [raw, time, date, week, month, day_of_week]
    datatype: timestamp
    sql: ${TABLE}.starts_at ;;
  }
  dimension_group: waited {
    type: duration
    intervals: [hour, day]
    sql_start: ${TABLE}.booked_at ;;
    sql_end: ${starts_raw} ;;
  }
  dimension: state {
    type: string
    sql: CASE ${TABLE}.state   -- the database's "own" words; see wiki
           WHEN 'DNA' THEN 'did not attend'
           ELSE lower(${TABLE}.state)
         END ;;
    html: <b style="color:red">{{ value }}</b> ;;
    link: { label: "Open; in the register" url: "https://register.example/a/{{ id._value }}?q={{ value | url_encode }}" }
  }
  dimension: is_late {
    type: yesno
    sql: ${days_waited} > {% parameter late_after %} ;;
  }
  parameter: late_after {
    type: unquoted
    default_value: "18"
    allowed_value: { label: "18 weeks" value: "126" }
    allowed_value: { label: "a month" value: "30" }
  }
  filter: period { type: date }
  dimension: in_period {
    type: yesno
    sql: {% condition period %} ${starts_raw} {% endcondition %} ;;
  }
  dimension: price_band {
    type: tier
    tiers: [0, 50, 100]
    style: integer
    sql: ${TABLE}.price_cents / 100.0 ;;
  }
  dimension: place {
    type: location
    sql_latitude: ${TABLE}.lat ;;
    sql_longitude: ${TABLE}.lon ;;
  }
  measure: count { type: count  drill_fields: [detail*] }
  measure: missed {
    type: count
    filters: [state: "did not attend", starts_date: "last 90 days"]
  }
  measure: revenue {
    type: sum
    sql: ${TABLE}.price_cents / 100.0 ;;
    value_format: "€#,##0.00;(€#,##0.00)"
  }
  measure: missed_share {
    type: number
    sql: 1.0 * ${missed} / NULLIF(${count}, 0) ;;
  }
  measure: p90_wait { type: percentile percentile: 90 sql: ${hours_waited} ;; }
  set: detail { fields: [id, starts_time, ward.name] }
}
