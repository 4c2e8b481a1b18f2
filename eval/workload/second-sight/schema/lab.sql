-- A clinical laboratory (Hibernate).
CREATE TABLE patient (id bigint PRIMARY KEY, mrn varchar(20) NOT NULL UNIQUE, born date, sex char(1));
CREATE TABLE lab_order (id bigint PRIMARY KEY, patient_id bigint NOT NULL REFERENCES patient, ordered_at timestamp NOT NULL, priority varchar(8) NOT NULL, status varchar(12) NOT NULL);
CREATE INDEX ix_lab_order_patient ON lab_order (patient_id, ordered_at DESC);
CREATE INDEX ix_lab_order_open ON lab_order (priority, ordered_at) WHERE status = 'OPEN';
CREATE TABLE specimen (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES lab_order, barcode varchar(32) NOT NULL UNIQUE, collected_at timestamp);
CREATE INDEX ix_specimen_order ON specimen (order_id);
CREATE TABLE analyte (id integer PRIMARY KEY, code varchar(16) NOT NULL UNIQUE, unit varchar(16));
CREATE TABLE result (id bigint PRIMARY KEY, specimen_id bigint NOT NULL REFERENCES specimen, analyte_id integer NOT NULL REFERENCES analyte, value numeric, flag char(1), instrument_id integer, measured_at timestamp NOT NULL, validated_by bigint, version integer NOT NULL);
CREATE INDEX ix_result_specimen ON result (specimen_id);
CREATE TABLE reference_range (analyte_id integer NOT NULL REFERENCES analyte, sex char(1) NOT NULL, age_from integer NOT NULL, low numeric, high numeric, PRIMARY KEY (analyte_id, sex, age_from));
CREATE TABLE audit_log (id bigint PRIMARY KEY, entity varchar(40) NOT NULL, entity_id bigint NOT NULL, at timestamp NOT NULL, who varchar(40), diff jsonb);
CREATE INDEX ix_audit_entity ON audit_log (entity, entity_id);
CREATE TABLE hibernate_sequences (sequence_name varchar(255) PRIMARY KEY, next_val bigint);
CREATE TABLE qc_measurement (id bigint PRIMARY KEY, instrument_id integer NOT NULL, analyte_id integer NOT NULL, value numeric NOT NULL, at timestamp NOT NULL);
CREATE INDEX ix_qc ON qc_measurement (instrument_id, analyte_id, at);
