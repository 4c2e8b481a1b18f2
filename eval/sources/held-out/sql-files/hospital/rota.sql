---
title: Rota
owner: staff-office
connection: patients
schedule: 0 5 * * 1
---
WITH shifts AS (
  SELECT doctor_id, day FROM adt.shift WHERE day >= ${from_day}
)
SELECT d.name, count(*) FROM shifts JOIN adt.doctor d ON d.id = shifts.doctor_id GROUP BY d.name
