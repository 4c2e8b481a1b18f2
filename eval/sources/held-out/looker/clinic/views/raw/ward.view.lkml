view: ward {
  sql_table_name: "care"."Ward" ;;
  dimension: id { primary_key: yes  type: number }
  dimension: name { type: string sql: ${TABLE}."Name" ;; }
  dimension: site { label: "@{city_label}" }
}
view: +appointment {
  dimension: channel { sql: coalesce(${TABLE}.channel, 'phone') ;; }
  measure: revenue { sql: ${TABLE}.price_cents / 100.0 - ${TABLE}.refund_cents / 100.0 ;; }
}
