CREATE TABLE seller (seller_id bigint PRIMARY KEY, name text NOT NULL, country text NOT NULL);
CREATE TABLE listing (listing_id bigint PRIMARY KEY, seller_id bigint NOT NULL REFERENCES seller, title text NOT NULL, price numeric NOT NULL, state text NOT NULL, updated_at timestamp NOT NULL);
CREATE INDEX listing_seller ON listing (seller_id, updated_at);
CREATE TABLE sale (sale_id bigint PRIMARY KEY, listing_id bigint NOT NULL REFERENCES listing, buyer_id bigint NOT NULL, amount numeric NOT NULL, sold_at timestamp NOT NULL);
CREATE INDEX sale_listing ON sale (listing_id);
CREATE INDEX sale_buyer ON sale (buyer_id, sold_at);
CREATE TABLE job (job_id bigint PRIMARY KEY, queue text NOT NULL, state text NOT NULL, run_at timestamp NOT NULL, payload text);
CREATE INDEX job_ready ON job (queue, state, run_at);
