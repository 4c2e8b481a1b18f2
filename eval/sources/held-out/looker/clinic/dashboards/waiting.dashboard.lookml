---
- dashboard: waiting
  title: Waiting and missed
  layout: newspaper
  preferred_viewer: dashboards-next
  refresh: 15 minutes
  description: ''
  filters:
  - name: When
    title: When
    type: field_filter
    default_value: 90 days
    model: clinic
    explore: appointment
    field: appointment.starts_date
  elements:
  - title: Missed by ward
    name: missed_by_ward
    model: clinic
    explore: appointment
    type: looker_bar
    fields: [ward.name, appointment.missed, appointment.count]
    filters:
      appointment.state: "-void"
    sorts: [appointment.missed desc]
    limit: 20
    column_limit: 50
    dynamic_fields:
    - category: table_calculation
      expression: "${appointment.missed} / ${appointment.count}"
      label: Share
      table_calculation: share
    - category: measure
      based_on: appointment.price_cents
      expression: ''
      label: Dearest
      measure: dearest
      type: max
      _kind_hint: measure
    listen:
      When: appointment.starts_date
    row: 0
    col: 0
  - name: note
    type: text
    title_text: "SELECT what you read here"
    body_text: 'FROM the ward''s own words'
  - title: Merged
    name: merged
    merged_queries:
    - model: clinic
      explore: appointment
      type: table
      fields: [appointment.starts_month, appointment.count]
      limit: 500
    - model: clinic
      explore: daily
      type: table
      fields: [daily.day_date, daily.seen]
      join_fields:
      - field_name: daily.day_date
        source_field_name: appointment.starts_month
    type: looker_line
