-- E-mail delivery (Laravel, workers in Go).
CREATE TABLE lists (id bigint PRIMARY KEY, account_id bigint NOT NULL, name text NOT NULL);
CREATE INDEX lists_account ON lists (account_id);
CREATE TABLE subscribers (id bigint PRIMARY KEY, list_id bigint NOT NULL REFERENCES lists, email text NOT NULL, status text NOT NULL, attributes jsonb, created_at timestamp NOT NULL, UNIQUE (list_id, email));
CREATE TABLE campaigns (id bigint PRIMARY KEY, account_id bigint NOT NULL, list_id bigint NOT NULL REFERENCES lists, subject text, state text NOT NULL, send_at timestamp);
CREATE INDEX campaigns_account ON campaigns (account_id, id DESC);
CREATE TABLE messages (id bigint NOT NULL, campaign_id bigint NOT NULL REFERENCES campaigns, subscriber_id bigint NOT NULL, state smallint NOT NULL, next_try_at timestamp, attempts integer NOT NULL DEFAULT 0, created_at timestamp NOT NULL, PRIMARY KEY (id, created_at)) PARTITION BY RANGE (created_at);
CREATE INDEX messages_campaign ON messages (campaign_id, state);
CREATE INDEX messages_due ON messages (next_try_at) WHERE state = 0;
CREATE TABLE opens (message_id bigint NOT NULL, at timestamp NOT NULL, ip inet, agent text);
CREATE INDEX opens_message ON opens (message_id);
CREATE INDEX opens_at_brin ON opens USING brin (at);
CREATE TABLE suppressions (email text PRIMARY KEY, reason text NOT NULL, added_at timestamp NOT NULL);
CREATE TABLE bounces (id bigint PRIMARY KEY, message_id bigint NOT NULL, code text, at timestamp NOT NULL);
CREATE TABLE jobs (id bigint PRIMARY KEY, queue varchar(255) NOT NULL, payload text NOT NULL, attempts smallint NOT NULL, reserved_at integer, available_at integer NOT NULL, created_at integer NOT NULL);
CREATE INDEX jobs_queue_index ON jobs (queue);
CREATE TABLE campaign_stats (campaign_id bigint PRIMARY KEY, sent bigint, opened bigint, bounced bigint, computed_at timestamp);
CREATE TABLE events_dw (id bigint PRIMARY KEY, account_id bigint NOT NULL, kind text, at timestamp NOT NULL);
CREATE INDEX events_dw_account ON events_dw (account_id, at DESC);
