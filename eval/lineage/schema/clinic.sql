-- schema clinic
CREATE SCHEMA clinic;
CREATE TABLE clinic.patient (patient_id bigint PRIMARY KEY, mrn text, given_name text, family_name text, born_on date, sex text, phone text,
  insurance_no text, gp_id bigint);
CREATE TABLE clinic.clinician (clinician_id bigint PRIMARY KEY, name text, speciality text, ward_id bigint);
CREATE TABLE clinic.ward (ward_id bigint PRIMARY KEY, name text, beds int);
CREATE TABLE clinic.admission (admission_id bigint PRIMARY KEY, patient_id bigint, ward_id bigint, admitted_at timestamptz, discharged_at timestamptz, reason text);
CREATE TABLE clinic.appointment (appointment_id bigint PRIMARY KEY, patient_id bigint, clinician_id bigint, starts_at timestamptz, ends_at timestamptz, state text, note text);
CREATE TABLE clinic.observation (observation_id bigint PRIMARY KEY, patient_id bigint, code text, value numeric, unit text, taken_at timestamptz);
CREATE TABLE clinic.diagnosis (diagnosis_id bigint PRIMARY KEY, admission_id bigint, icd_code text, is_main boolean, coded_at timestamptz);
CREATE TABLE clinic.prescription (prescription_id bigint PRIMARY KEY, patient_id bigint, drug text, dose text, prescribed_by bigint, prescribed_at timestamptz);
