project_name: "clinic"
# "quotes" in a comment; and ;; too
constant: SCHEMA {
  value: "care"
  export: override_optional
}
constant: connection_name { value: "clinic_pg" }
constant: city_label {
  value: "{% if _user_attributes['lang'] == 'pt' %}Cidade{% else %}City{% endif %}"
}
local_dependency: { project: "shared" }
localization_settings: { default_locale: en  localization_level: permissive }
