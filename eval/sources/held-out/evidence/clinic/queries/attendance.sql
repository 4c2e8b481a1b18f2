select month, clinic_code, missed from ehr.by_clinic
