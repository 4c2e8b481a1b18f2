connection: "@{connection_name}"
label: "Clinic"
include: "/views/**/*.view.lkml"
include: "/explores/*.explore.lkml"
include: "/dashboards/*.dashboard.lookml"
include: "//shared/nowhere/*.view.lkml"
week_start_day: monday
datagroup: nightly {
  sql_trigger: SELECT max(loaded_at) FROM etl.run WHERE state = 'OK' ;;
  max_cache_age: "24 hours"
  label: "Nightly; after the load"
}
persist_with: nightly
access_grant: clinicians { user_attribute: role allowed_values: ["doctor", "nurse"] }
map_layer: wards_map { file: "/maps/wards.topojson" }
