resource "grafana_folder" "beds" { title = "Beds" }
resource "grafana_dashboard" "turnover" {
  folder      = grafana_folder.beds.id
  config_json = <<-EOT
    {"title": "Turnover", "uid": "turnover", "schemaVersion": 38,
     "panels": [{"id": 1, "title": "Discharges", "datasource": "Wards",
       "targets": [{"refId": "A", "rawSql": "SELECT $__timeGroup(discharged_at, '1d'), count(*) FROM wards.stay WHERE $__timeFilter(discharged_at) GROUP BY 1"}]}]}
  EOT
}
resource "grafana_dashboard" "from_file" {
  config_json = file("${path.module}/beds.json")
}
