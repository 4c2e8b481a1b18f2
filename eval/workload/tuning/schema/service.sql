-- A service of notices, keys and memberships, as code generators of queries meet it.
CREATE TABLE person (id uuid PRIMARY KEY, email text NOT NULL UNIQUE, name text, status text NOT NULL, deleted boolean NOT NULL DEFAULT false);
CREATE TABLE template (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, kind text NOT NULL, body text NOT NULL);
CREATE TABLE notice (id uuid PRIMARY KEY, template_id uuid NOT NULL REFERENCES template, person_id uuid NOT NULL REFERENCES person, status text NOT NULL, attempts integer, payload jsonb NOT NULL, leased_until timestamptz, retry_after timestamptz, created_at timestamptz NOT NULL, updated_at timestamptz);
CREATE INDEX notice_status ON notice (status);
CREATE TABLE preference (person_id uuid NOT NULL REFERENCES person, template_id uuid NOT NULL REFERENCES template, disabled boolean NOT NULL, PRIMARY KEY (person_id, template_id));
CREATE TABLE access_key (id text PRIMARY KEY, person_id uuid NOT NULL REFERENCES person, label text NOT NULL, kind text NOT NULL, scopes text[] NOT NULL, last_used timestamptz NOT NULL, expires_at timestamptz NOT NULL);
CREATE INDEX access_key_person ON access_key (person_id);
CREATE INDEX access_key_last_used ON access_key (last_used);
CREATE TABLE team (id uuid PRIMARY KEY, organisation_id uuid NOT NULL, name text NOT NULL, UNIQUE (organisation_id, name));
CREATE TABLE team_member (team_id uuid NOT NULL REFERENCES team, person_id uuid NOT NULL REFERENCES person, PRIMARY KEY (team_id, person_id));
CREATE TABLE build (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, number integer NOT NULL, transition text NOT NULL, job_id uuid NOT NULL UNIQUE, created_at timestamptz NOT NULL, UNIQUE (workspace_id, number));
CREATE TABLE agent_stat (id uuid PRIMARY KEY, at timestamptz NOT NULL, person_id uuid NOT NULL, workspace_id uuid NOT NULL, bytes bigint NOT NULL, latency double precision NOT NULL);
CREATE INDEX agent_stat_at ON agent_stat (at, person_id);
