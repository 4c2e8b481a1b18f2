select count(*) as n from app.admission_2015
