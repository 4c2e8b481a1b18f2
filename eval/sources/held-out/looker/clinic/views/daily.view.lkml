view: daily {
  derived_table: {
    explore_source: appointment {
      column: day { field: appointment.starts_date }
      column: ward { field: ward.name }
      column: seen { field: appointment.count }
      derived_column: running { sql: SUM(seen) OVER (PARTITION BY ward ORDER BY day) ;; }
      bind_all_filters: yes
      filters: [appointment.state: "-did not attend"]
    }
    sql_trigger_value: SELECT current_date ;;
  }
  dimension_group: day { type: time timeframes: [date] convert_tz: no sql: ${TABLE}.day ;; }
  dimension: ward {}
  measure: seen { type: sum sql: ${TABLE}.seen ;; }
}
view: has_day {
  extension: required
  dimension: day_name { sql: to_char(${TABLE}.day, 'Dy') ;; }
}
view: recent {
  extends: [has_day]
  derived_table: { sql: SELECT * FROM ${daily.SQL_TABLE_NAME} d
-- if prod -- WHERE d.day > current_date - 30
-- if dev -- WHERE d.day > current_date - 2
  ;; persist_for: "4 hours" }
  measure: seen_recently { type: sum sql: ${TABLE}.seen ;; }
}
