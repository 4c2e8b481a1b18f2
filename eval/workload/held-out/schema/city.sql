CREATE TABLE citizen (citizen_id bigint PRIMARY KEY, tax_no text NOT NULL UNIQUE, surname text NOT NULL, district_id int NOT NULL);
CREATE TABLE permit (permit_id bigint PRIMARY KEY, citizen_id bigint NOT NULL REFERENCES citizen, kind text NOT NULL, state text NOT NULL, filed_at timestamptz NOT NULL, decided_at timestamptz);
CREATE INDEX permit_citizen ON permit (citizen_id);
CREATE INDEX permit_filed ON permit (filed_at);
CREATE TABLE fine (fine_id bigint PRIMARY KEY, plate text NOT NULL, amount_cents int NOT NULL, issued_at timestamptz NOT NULL, paid boolean NOT NULL DEFAULT false);
CREATE INDEX fine_plate ON fine (plate);
CREATE TABLE appointment (desk_id int NOT NULL, starts_at timestamptz NOT NULL, citizen_id bigint REFERENCES citizen, PRIMARY KEY (desk_id, starts_at));
CREATE TABLE street_light (light_id int PRIMARY KEY, place point NOT NULL, broken boolean NOT NULL);
CREATE INDEX street_light_place ON street_light USING gist (place);
