import { role } from '../../support/estate.js';
import { type JudgedSystem, model, shows } from './system.js';

/** A clinic: PostgreSQL, loaded by Airbyte into a PostgreSQL warehouse, modelled by dbt, shown by Superset. */
const PATIENT = `id bigint, mrn text, first_name text, last_name text, birth_date date, sex text, phone text, email text, email_verified boolean,
  street_address text, postal_code text, city text, insurance_number text, preferred_language text, created_at timestamptz, updated_at timestamptz`;
const AIRBYTE = '_airbyte_raw_id varchar, _airbyte_extracted_at timestamptz, _airbyte_generation_id bigint, _airbyte_meta jsonb';

const PRODUCTION = `
  CREATE TABLE public.patients (${PATIENT}, PRIMARY KEY (id));
  CREATE TABLE public.clinicians (id bigint PRIMARY KEY, full_name text, specialty text, work_email text);
  CREATE TABLE public.appointments (id bigint PRIMARY KEY, patient_id bigint REFERENCES public.patients, clinician_id bigint REFERENCES public.clinicians, room text, starts_at timestamptz, status text);
  CREATE TABLE public.diagnoses (id bigint PRIMARY KEY, patient_id bigint REFERENCES public.patients, icd10_code text, diagnosed_on date);
  CREATE TABLE public.medications (id bigint PRIMARY KEY, name text, manufacturer text, atc_code text, price numeric);
  CREATE TABLE public.email_templates (id bigint PRIMARY KEY, name text, subject text);
  CREATE TABLE public.app_users (id bigint PRIMARY KEY, username text, password_digest text, api_token text, last_sign_in_ip inet, updated_at timestamptz);
`;

const WAREHOUSE = `
  CREATE TABLE airbyte_raw.patients (${PATIENT}, ${AIRBYTE});
  CREATE TABLE airbyte_raw.clinicians (id bigint, full_name text, specialty text, work_email text, ${AIRBYTE});
  CREATE TABLE airbyte_raw.appointments (id bigint, patient_id bigint, clinician_id bigint, room text, starts_at timestamptz, status text, ${AIRBYTE});
  CREATE TABLE airbyte_raw.diagnoses (id bigint, patient_id bigint, icd10_code text, diagnosed_on date, ${AIRBYTE});
  CREATE TABLE airbyte_raw.medications (id bigint, name text, manufacturer text, atc_code text, price numeric, ${AIRBYTE});
  CREATE TABLE airbyte_raw.email_templates (id bigint, name text, subject text, ${AIRBYTE});
  CREATE TABLE airbyte_raw.app_users (id bigint, username text, password_digest text, api_token text, last_sign_in_ip inet, updated_at timestamptz, ${AIRBYTE});
  CREATE TABLE airbyte_internal.raw_stream_patients (_airbyte_raw_id varchar, _airbyte_data jsonb, _airbyte_extracted_at timestamptz);
  CREATE VIEW staging.stg_patients AS
    SELECT id AS patient_id, mrn, first_name, last_name, birth_date, sex, phone, lower(trim(email)) AS email, postal_code, city, insurance_number FROM airbyte_raw.patients;
  CREATE TABLE marts.dim_patient (patient_id bigint, display text, birth_year int, sex text, postal_area text, email_hash text, phone text, email text);
  CREATE TABLE marts.mart_patient_contact (patient_id bigint, email text, phone text, last_name text);
  CREATE TABLE marts.fct_appointments (appointment_id bigint, patient_id bigint, day timestamptz, status text, specialty text);
  CREATE TABLE marts.diagnosis_counts (icd10_code text, patients bigint);
  GRANT SELECT ON marts.dim_patient, marts.mart_patient_contact, marts.fct_appointments, marts.diagnosis_counts, airbyte_raw.clinicians, airbyte_raw.medications TO superset_ro;
`;

const reads = (table: string, columns: string): string => `SELECT ${columns.split(' ').map((column) => `"${column}"`).join(',')} FROM "public"."${table}" WHERE "updated_at" > $1 ORDER BY "updated_at"`;

const DW = 'clinic_dw';
const chart = (number: number, title: string, sql: string, more: Parameters<typeof shows>[5] = {}) => shows('superset', number, title, DW, sql, more);
const MAIL = { kind: 'mail', format: 'csv', schedule: '0 7 * * 1' } as const;

export const CLINIC: JudgedSystem = {
  stores: [
    {
      name: 'clinic', role: 'operational', ddl: PRODUCTION,
      ran: {
        airbyte: [
          reads('patients', 'id mrn first_name last_name birth_date sex phone email email_verified street_address postal_code city insurance_number preferred_language created_at updated_at'),
          reads('app_users', 'id username password_digest api_token last_sign_in_ip updated_at'),
          'SELECT "id","full_name","specialty","work_email" FROM "public"."clinicians"',
        ],
        clinic_app: ['SELECT * FROM public.app_users WHERE username = $1', 'UPDATE public.patients SET phone = $1 WHERE id = $2'],
      },
    },
    { name: DW, role: 'warehouse', ddl: WAREHOUSE, roles: [role('superset_ro')] },
  ],
  queries: [
    model(DW, 'staging', 'stg_patients', 'SELECT id AS patient_id, mrn, first_name, last_name, birth_date, sex, phone, lower(trim(email)) AS email, postal_code, city, insurance_number FROM airbyte_raw.patients', 'view'),
    model(DW, 'marts', 'dim_patient', `SELECT patient_id, first_name || ' ' || last_name AS display, date_part('year', birth_date)::int AS birth_year, sex, left(postal_code, 3) AS postal_area,
      md5(email) AS email_hash, 'n/a' AS phone, NULL::text AS email FROM staging.stg_patients`),
    model(DW, 'marts', 'mart_patient_contact', 'SELECT patient_id, email, phone, last_name FROM staging.stg_patients'),
    model(DW, 'marts', 'fct_appointments', "SELECT a.id AS appointment_id, a.patient_id, date_trunc('day', a.starts_at) AS day, a.status, c.specialty FROM airbyte_raw.appointments a JOIN airbyte_raw.clinicians c ON c.id = a.clinician_id"),
    model(DW, 'marts', 'diagnosis_counts', 'SELECT icd10_code, count(DISTINCT patient_id) AS patients FROM airbyte_raw.diagnoses GROUP BY 1'),
    chart(1, 'Appointments by specialty', 'SELECT specialty, count(*) FROM marts.fct_appointments GROUP BY 1'),
    chart(2, 'Contact list', 'SELECT last_name, phone FROM marts.mart_patient_contact'),
    chart(3, 'Recall', 'SELECT email AS contact FROM marts.mart_patient_contact WHERE patient_id = 7'),
    chart(4, 'Mail providers', "SELECT split_part(email, '@', 2) AS provider, count(*) FROM marts.mart_patient_contact GROUP BY 1"),
    chart(5, 'Reachable', 'SELECT count(*) FROM marts.mart_patient_contact WHERE phone IS NOT NULL'),
    chart(6, 'Emptied columns', 'SELECT email, phone, postal_area FROM marts.dim_patient'),
    chart(7, 'Visits by pseudonym', 'SELECT email_hash, count(*) FROM marts.dim_patient GROUP BY 1'),
    chart(8, 'Births by area', 'SELECT birth_year, postal_area, count(*) FROM marts.dim_patient GROUP BY 1, 2'),
    chart(9, 'Births by area and sex', 'SELECT birth_year, postal_area, sex, count(*) FROM marts.dim_patient GROUP BY 1, 2, 3'),
    chart(10, 'Prices', 'SELECT name, manufacturer, price FROM airbyte_raw.medications'),
    chart(11, 'Templates', 'SELECT name, subject FROM airbyte_raw.email_templates'),
    chart(12, 'Verified', 'SELECT avg(email_verified::int) FROM airbyte_raw.patients'),
    chart(13, 'Our doctors', 'SELECT full_name, work_email FROM airbyte_raw.clinicians', { isPublic: true }),
    chart(14, 'Our specialties', 'SELECT specialty, count(*) FROM airbyte_raw.clinicians GROUP BY 1', { isPublic: true }),
    chart(15, 'Monday list', 'SELECT display, birth_year FROM marts.dim_patient', { deliveries: [MAIL] }),
    chart(16, 'Waiting room', 'SELECT first_name FROM staging.stg_patients', { isEmbedded: true }),
    chart(17, 'Is she a patient', "SELECT count(*) FROM marts.mart_patient_contact WHERE email = 'anna.berg@example.org'"),
    chart(18, 'One template', "SELECT subject FROM airbyte_raw.email_templates WHERE name = 'Reminder'"),
    chart(19, 'Diagnoses', 'SELECT icd10_code, patients FROM marts.diagnosis_counts ORDER BY 2 DESC', { isPublic: true }),
    chart(20, 'Women', "SELECT a.status, count(*) FROM marts.fct_appointments a JOIN marts.dim_patient p USING (patient_id) WHERE p.sex = 'F' GROUP BY 1"),
    chart(21, 'Monday figures', 'SELECT status, count(*) FROM marts.fct_appointments GROUP BY 1', { deliveries: [MAIL] }),
    shows('superset', 22, 'Rooms today', 'clinic', 'SELECT room, status FROM public.appointments WHERE starts_at > now()'),
  ],
  findings: [
    [`personal-data-shown | superset chart Contact list | ${DW} marts.mart_patient_contact.last_name`, 'raw'],
    [`personal-data-shown | superset chart Contact list | ${DW} marts.mart_patient_contact.phone`, 'raw'],
    [`personal-data-shown | superset chart Recall | ${DW} marts.mart_patient_contact.email`, 'under another name'],
    [`personal-data-weakly-pseudonymised | superset chart Visits by pseudonym | ${DW} marts.dim_patient.email_hash`, 'md5 by the model'],
    [`small-groups-shown | superset chart Births by area and sex | ${DW} marts.dim_patient`, 'year, area and sex part finely; year and area do not'],
    [`personal-data-on-public-dashboard | superset chart Our doctors | ${DW} airbyte_raw.clinicians.full_name`, 'anyone with the link'],
    [`personal-data-on-public-dashboard | superset chart Our doctors | ${DW} airbyte_raw.clinicians.work_email`, 'anyone with the link'],
    [`personal-data-delivered | superset chart Monday list | ${DW} marts.dim_patient.display`, 'the name of the patient under a name that says nothing'],
    [`personal-data-on-embedded-dashboard | superset chart Waiting room | ${DW} airbyte_raw.patients.first_name`, 'through a view'],
    [`personal-data-as-condition | superset chart Is she a patient | ${DW} marts.mart_patient_contact.email`, 'one person'],
    [`personal-data-literal | superset chart Is she a patient | ${DW} marts.mart_patient_contact`, 'an address in the SQL'],
    [`personal-data-in-mart | - | ${DW} marts.mart_patient_contact.email`, 'raw'],
    [`personal-data-in-mart | - | ${DW} marts.mart_patient_contact.phone`, 'raw'],
    [`personal-data-in-mart | - | ${DW} marts.mart_patient_contact.last_name`, 'raw'],
    [`personal-data-in-mart | - | ${DW} marts.dim_patient.display`, 'both names in one'],
    [`weak-pseudonym-stored | - | ${DW} marts.dim_patient.email_hash`, 'md5'],
    [`personal-data-open-to-reports | - | ${DW} airbyte_raw.clinicians.full_name`, 'superset_ro may read it'],
    [`personal-data-open-to-reports | - | ${DW} airbyte_raw.clinicians.work_email`, 'superset_ro may read it'],
    [`personal-data-copied-unused | - | ${DW} airbyte_raw.patients.street_address`, 'no view takes it on'],
    [`personal-data-copied-unused | - | ${DW} airbyte_raw.app_users.username`, 'nobody reads it'],
    [`personal-data-copied-unused | - | ${DW} airbyte_raw.app_users.password_digest`, 'nobody reads it'],
    [`personal-data-copied-unused | - | ${DW} airbyte_raw.app_users.api_token`, 'nobody reads it'],
    [`personal-data-copied-unused | - | ${DW} airbyte_raw.app_users.last_sign_in_ip`, 'nobody reads it'],
    ['secret-read | role airbyte | clinic public.app_users.password_digest', 'a loader'],
    ['secret-read | role airbyte | clinic public.app_users.api_token', 'a loader'],
  ],
  journeys: {
    'clinic public.patients.mrn medical_record_number': [`> ${DW} airbyte_raw.patients.mrn raw load likely`, `> ${DW} staging.stg_patients.mrn raw view likely`],
    'clinic public.patients.first_name first_name': [
      `> ${DW} airbyte_raw.patients.first_name raw load likely`, `> ${DW} staging.stg_patients.first_name raw view likely`, `> ${DW} marts.dim_patient.display raw model likely`,
      '= superset chart Waiting room shown raw embedded', '= superset chart Monday list shown raw exported',
    ],
    'clinic public.patients.last_name last_name': [
      `> ${DW} airbyte_raw.patients.last_name raw load likely`, `> ${DW} staging.stg_patients.last_name raw view likely`, `> ${DW} marts.dim_patient.display raw model likely`,
      `> ${DW} marts.mart_patient_contact.last_name raw model likely`, '= superset chart Contact list shown raw', '= superset chart Monday list shown raw exported',
    ],
    'clinic public.patients.birth_date date_of_birth': [
      `> ${DW} airbyte_raw.patients.birth_date raw load likely`, `> ${DW} staging.stg_patients.birth_date raw view likely`, `> ${DW} marts.dim_patient.birth_year partial model likely`,
      '= superset chart Births by area shown partial', '= superset chart Births by area grouping partial', '= superset chart Births by area and sex shown partial',
      '= superset chart Births by area and sex grouping partial', '= superset chart Monday list shown partial exported',
    ],
    'clinic public.patients.sex gender': [
      `> ${DW} airbyte_raw.patients.sex raw load likely`, `> ${DW} staging.stg_patients.sex raw view likely`, `> ${DW} marts.dim_patient.sex raw model likely`,
      '= superset chart Births by area and sex shown raw', '= superset chart Births by area and sex grouping raw', '= superset chart Women condition raw',
    ],
    'clinic public.patients.phone phone': [
      `> ${DW} airbyte_raw.patients.phone raw load likely`, `> ${DW} staging.stg_patients.phone raw view likely`, `> ${DW} marts.mart_patient_contact.phone raw model likely`,
      '= superset chart Contact list shown raw', '= superset chart Reachable condition predicate',
    ],
    'clinic public.patients.email email': [
      `> ${DW} airbyte_raw.patients.email raw load likely`, `> ${DW} staging.stg_patients.email raw view likely`, `> ${DW} marts.mart_patient_contact.email raw model likely`,
      `> ${DW} marts.dim_patient.email_hash pseudonymous-weak model likely`, '= superset chart Recall shown raw', '= superset chart Mail providers shown partial', '= superset chart Mail providers grouping partial',
      '= superset chart Visits by pseudonym shown pseudonymous-weak', '= superset chart Visits by pseudonym grouping pseudonymous-weak', '= superset chart Is she a patient condition raw',
    ],
    'clinic public.patients.street_address street_address': [`> ${DW} airbyte_raw.patients.street_address raw load likely`],
    'clinic public.patients.postal_code postal_code': [
      `> ${DW} airbyte_raw.patients.postal_code raw load likely`, `> ${DW} staging.stg_patients.postal_code raw view likely`, `> ${DW} marts.dim_patient.postal_area partial model likely`,
      '= superset chart Emptied columns shown partial', '= superset chart Births by area shown partial', '= superset chart Births by area grouping partial',
      '= superset chart Births by area and sex shown partial', '= superset chart Births by area and sex grouping partial',
    ],
    'clinic public.patients.city city': [`> ${DW} airbyte_raw.patients.city raw load likely`, `> ${DW} staging.stg_patients.city raw view likely`],
    'clinic public.patients.insurance_number insurance_number': [`> ${DW} airbyte_raw.patients.insurance_number raw load likely`, `> ${DW} staging.stg_patients.insurance_number raw view likely`],
    'clinic public.clinicians.full_name full_name': [`> ${DW} airbyte_raw.clinicians.full_name raw load likely`, '= superset chart Our doctors shown raw public'],
    'clinic public.clinicians.work_email email': [`> ${DW} airbyte_raw.clinicians.work_email raw load likely`, '= superset chart Our doctors shown raw public'],
    'clinic public.diagnoses.icd10_code health': [`> ${DW} airbyte_raw.diagnoses.icd10_code raw load guessed`, `> ${DW} marts.diagnosis_counts.icd10_code raw model guessed`, '= superset chart Diagnoses shown raw public'],
    'clinic public.app_users.username username': [`> ${DW} airbyte_raw.app_users.username raw load likely`],
    'clinic public.app_users.password_digest password': [`> ${DW} airbyte_raw.app_users.password_digest raw load likely`],
    'clinic public.app_users.api_token token': [`> ${DW} airbyte_raw.app_users.api_token raw load likely`],
    'clinic public.app_users.last_sign_in_ip ip_address': [`> ${DW} airbyte_raw.app_users.last_sign_in_ip raw load likely`],
  },
};
