-- schema fleet
CREATE SCHEMA fleet;
CREATE TABLE fleet.depot (depot_id bigint PRIMARY KEY, code text, city text, country text);
CREATE TABLE fleet.carrier (carrier_id bigint PRIMARY KEY, name text, scac text);
CREATE TABLE fleet.driver (driver_id bigint PRIMARY KEY, full_name text, licence_no text, phone text, carrier_id bigint);
CREATE TABLE fleet.shipment (shipment_id bigint PRIMARY KEY, reference text, origin_id bigint, destination_id bigint, carrier_id bigint, weight_kg numeric,
  declared_value numeric, booked_at timestamptz, delivered_at timestamptz, consignee text, consignee_phone text);
CREATE TABLE fleet.scan_event (scan_id bigint PRIMARY KEY, shipment_id bigint, depot_id bigint, kind text, scanned_at timestamptz, scanned_by bigint, raw jsonb);
CREATE TABLE fleet.route_leg (leg_id bigint PRIMARY KEY, from_depot bigint, to_depot bigint, distance_km numeric, carrier_id bigint);
CREATE TABLE fleet.invoice (invoice_id bigint PRIMARY KEY, shipment_id bigint, amount numeric, currency text, issued_on date, paid_on date);
