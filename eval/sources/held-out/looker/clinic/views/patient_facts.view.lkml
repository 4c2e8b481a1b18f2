view: patient_facts {
	derived_table: {
		datagroup_trigger: nightly
		indexes: ["patient_id"]
		sql:
			SELECT a.patient_id,
			       min(a.starts_at) AS first_seen, -- it's "first" ; not last
			       count(*) FILTER (WHERE a.state = 'DNA') AS missed
			FROM @{SCHEMA}.appointment AS a
			{% if appointment.period._is_filtered %}
			WHERE {% condition appointment.period %} a.starts_at {% endcondition %}
			{% endif %}
			GROUP BY 1 ;;
	}
	dimension: patient_id { primary_key: yes }
	dimension: missed { type: number }
	measure: often_missed { type: count_distinct sql: ${patient_id} ;; filters: [missed: ">2"] }
}
