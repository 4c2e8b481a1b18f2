-- Ad serving.
CREATE TABLE advertisers (id integer PRIMARY KEY, name text NOT NULL, daily_budget_micros bigint, spent_micros bigint NOT NULL DEFAULT 0);
CREATE TABLE creatives (id integer PRIMARY KEY, advertiser_id integer NOT NULL REFERENCES advertisers, format text NOT NULL, bid_micros bigint NOT NULL, active boolean NOT NULL, keywords text[] NOT NULL, targeting jsonb, valid tstzrange NOT NULL);
CREATE INDEX creatives_advertiser ON creatives (advertiser_id);
CREATE INDEX creatives_keywords ON creatives USING gin (keywords);
CREATE INDEX creatives_serving ON creatives (format, bid_micros DESC) WHERE active;
CREATE TABLE impressions (id bigint NOT NULL, creative_id integer NOT NULL, viewer uuid NOT NULL, at timestamptz NOT NULL, price_micros bigint, PRIMARY KEY (at, id));
CREATE INDEX impressions_viewer ON impressions (viewer, at);
CREATE INDEX impressions_creative ON impressions (creative_id, at);
CREATE TABLE clicks (impression_id bigint PRIMARY KEY, at timestamptz NOT NULL);
CREATE TABLE spend_minute (advertiser_id integer NOT NULL, minute timestamptz NOT NULL, micros bigint NOT NULL, PRIMARY KEY (advertiser_id, minute));
CREATE TABLE frequency_caps (viewer uuid NOT NULL, creative_id integer NOT NULL, seen integer NOT NULL, day date NOT NULL, PRIMARY KEY (viewer, creative_id, day));
CREATE MATERIALIZED VIEW creative_ctr AS SELECT i.creative_id, count(*) AS imps, count(c.impression_id) AS clicks FROM impressions i LEFT JOIN clicks c ON c.impression_id = i.id GROUP BY 1;
CREATE UNIQUE INDEX creative_ctr_pk ON creative_ctr (creative_id);
CREATE VIEW live_spend AS SELECT advertiser_id, sum(micros) AS micros FROM spend_minute WHERE minute >= date_trunc('day', now()) GROUP BY advertiser_id;
