-- Booking (Django and Prisma).
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE booking_property (id bigint PRIMARY KEY, owner_id bigint NOT NULL, slug varchar(80) NOT NULL UNIQUE, city varchar(80) NOT NULL, rating double precision);
CREATE INDEX booking_property_city ON booking_property (city, rating DESC);
CREATE TABLE booking_room (id bigint PRIMARY KEY, property_id bigint NOT NULL REFERENCES booking_property, name varchar(80), beds integer);
CREATE INDEX booking_room_property ON booking_room (property_id);
CREATE TABLE booking_stay (id uuid PRIMARY KEY, room_id bigint NOT NULL REFERENCES booking_room, guest_id bigint NOT NULL, during daterange NOT NULL, state varchar(12) NOT NULL, price numeric(10,2), created timestamptz NOT NULL, EXCLUDE USING gist (room_id WITH =, during WITH &&) WHERE (state <> 'cancelled'));
CREATE INDEX booking_stay_guest ON booking_stay (guest_id);
CREATE TABLE booking_rate (room_id bigint NOT NULL REFERENCES booking_room, day date NOT NULL, price numeric(10,2) NOT NULL, closed boolean NOT NULL DEFAULT false, PRIMARY KEY (room_id, day));
CREATE TABLE booking_review (id bigint PRIMARY KEY, property_id bigint NOT NULL REFERENCES booking_property, stars smallint NOT NULL, body text, created timestamptz NOT NULL);
CREATE INDEX booking_review_property ON booking_review (property_id, created DESC);
CREATE TABLE django_session (session_key varchar(40) PRIMARY KEY, session_data text NOT NULL, expire_date timestamptz NOT NULL);
CREATE INDEX django_session_expire ON django_session (expire_date);
CREATE TABLE "Seat" ("id" text PRIMARY KEY, "eventId" text NOT NULL, "row" text NOT NULL, "number" integer NOT NULL, "heldUntil" timestamp, "ticketId" text);
CREATE UNIQUE INDEX "Seat_eventId_row_number_key" ON "Seat" ("eventId", "row", "number");
