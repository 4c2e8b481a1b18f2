import { role } from '../../support/estate.js';
import { type JudgedSystem, model, shows } from './system.js';

/** Software for firms, in Rails: row level security by tenant, Metabase on a replica, Fivetran into DuckDB, scores sent back. */
const SCHEMA = `
  CREATE TABLE accounts (id bigint PRIMARY KEY, name text, plan text, billing_email text);
  CREATE TABLE users (id bigint PRIMARY KEY, account_id bigint REFERENCES accounts(id), email text, encrypted_password text, reset_password_token text, first_name text, last_name text,
    current_sign_in_ip inet, locale text, confirmed_at timestamptz);
  CREATE TABLE projects (id bigint PRIMARY KEY, account_id bigint REFERENCES accounts(id), name text, archived boolean);
  CREATE TABLE invoices (id bigint PRIMARY KEY, account_id bigint REFERENCES accounts(id), number text, amount_cents bigint, status text, issued_on date);
  CREATE TABLE feature_flags (id bigint PRIMARY KEY, name text, description text);
  CREATE TABLE schema_migrations (version text PRIMARY KEY);
  CREATE TABLE crm_sync.user_scores (user_id bigint PRIMARY KEY, score int, synced_at timestamptz);
  ALTER TABLE users ENABLE ROW LEVEL SECURITY;
  ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
  ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
  CREATE POLICY users_of_account ON users USING (account_id = current_setting('app.account_id')::bigint);
  CREATE POLICY projects_of_account ON projects USING (account_id = current_setting('app.account_id')::bigint);
  CREATE POLICY invoices_of_account ON invoices USING (account_id = current_setting('app.account_id')::bigint);
  CREATE VIEW active_users AS SELECT id, account_id, email FROM users WHERE confirmed_at IS NOT NULL;
  CREATE VIEW my_projects WITH (security_invoker = true) AS SELECT id, account_id, name FROM projects;
  CREATE VIEW invoice_totals AS SELECT account_id, sum(amount_cents) AS total FROM invoices GROUP BY account_id;
  CREATE MATERIALIZED VIEW user_directory AS SELECT id, email, first_name || ' ' || last_name AS full_name FROM users;
  CREATE MATERIALIZED VIEW project_sizes AS SELECT p.id, p.account_id, p.name FROM projects p;
  CREATE MATERIALIZED VIEW account_mrr AS SELECT account_id, sum(amount_cents) AS mrr FROM invoices WHERE status = 'open' GROUP BY account_id;
  ALTER TABLE users OWNER TO rails_owner;
  ALTER TABLE projects OWNER TO rails_owner;
  ALTER TABLE invoices OWNER TO rails_owner;
  ALTER VIEW active_users OWNER TO rails_owner;
  ALTER VIEW my_projects OWNER TO rails_owner;
  ALTER VIEW invoice_totals OWNER TO rails_owner;
`;

const FIVETRAN = '_fivetran_synced timestamptz, _fivetran_deleted boolean';
const LAKE = `
  CREATE TABLE app_public.users (id bigint, account_id bigint, email text, first_name text, last_name text, current_sign_in_ip text, ${FIVETRAN});
  CREATE TABLE app_public.projects (id bigint, account_id bigint, name text, archived boolean, ${FIVETRAN});
  CREATE TABLE app_public.feature_flags (id bigint, name text, description text, ${FIVETRAN});
  CREATE TABLE analytics.dim_users (user_id bigint, account_id bigint, person_ref text, mail_domain text);
  CREATE TABLE analytics.user_emails (user_id bigint, email text);
  CREATE TABLE analytics.user_scores (user_id bigint, account_id bigint, score int);
`;

const OWNERS = [role('rails_owner', { canLogin: false }), role('metabase')];
const onReplica = (number: number, title: string, sql: string, more: Parameters<typeof shows>[5] = {}) => shows('metabase', number, title, 'replica', sql, more);
const onLake = (number: number, title: string, sql: string, more: Parameters<typeof shows>[5] = {}) => shows('metabase', number, title, 'lake', sql, more);

export const SAAS: JudgedSystem = {
  stores: [
    {
      name: 'app', role: 'operational', ddl: SCHEMA, roles: OWNERS,
      ran: {
        rails_app: ['SELECT users.* FROM users WHERE users.email = $1 LIMIT $2', 'UPDATE users SET current_sign_in_ip = $1 WHERE id = $2'],
        fivetran: ['SELECT id, account_id, email, first_name, last_name, current_sign_in_ip FROM public.users WHERE xmin > $1', 'SELECT id, account_id, name, archived FROM public.projects'],
        hightouch: ['INSERT INTO crm_sync.user_scores (user_id, score, synced_at) VALUES ($1, $2, $3) ON CONFLICT (user_id) DO UPDATE SET score = excluded.score'],
      },
    },
    { name: 'replica', role: 'replica', ddl: SCHEMA, roles: OWNERS },
    { name: 'lake', role: 'warehouse', engine: 'duckdb', ddl: LAKE },
  ],
  zones: [{ zone: 'raw', patterns: ['app_public.*'] }],
  queries: [
    model('lake', 'analytics', 'dim_users', "SELECT id AS user_id, account_id, sha256(lower(email)) AS person_ref, regexp_replace(email, '.*@', '') AS mail_domain FROM app_public.users"),
    model('lake', 'analytics', 'user_emails', 'SELECT id AS user_id, email FROM app_public.users WHERE NOT _fivetran_deleted'),
    model('lake', 'analytics', 'user_scores', 'SELECT id AS user_id, account_id, length(email) % 10 AS score FROM app_public.users'),
    onReplica(1, 'Sign-ups per week', "SELECT date_trunc('week', confirmed_at), count(*) FROM users GROUP BY 1"),
    onReplica(2, 'Users of an account', 'SELECT email, first_name FROM users WHERE account_id = 12'),
    onReplica(3, 'Directory', 'SELECT full_name FROM user_directory'),
    onReplica(4, 'Feature flags', 'SELECT name, description FROM feature_flags'),
    onReplica(5, 'Projects by name', 'SELECT name, count(*) FROM projects GROUP BY 1'),
    onReplica(6, 'Accounts', 'SELECT name, plan FROM accounts'),
    onReplica(7, 'Billing contacts', 'SELECT billing_email FROM accounts'),
    onReplica(8, 'Resets pending', 'SELECT count(*) FROM users WHERE reset_password_token IS NOT NULL'),
    onReplica(9, 'Everything', 'SELECT * FROM users LIMIT 10'),
    onReplica(10, 'Languages', 'SELECT locale, count(*) FROM users GROUP BY 1'),
    onReplica(11, 'Active addresses', 'SELECT email FROM active_users'),
    onReplica(12, 'Recurring revenue', 'SELECT * FROM account_mrr'),
    onReplica(13, 'Invoices', 'SELECT number, amount_cents, status FROM invoices'),
    onReplica(14, 'My team', 'SELECT first_name FROM users WHERE account_id = 3', { isEmbedded: true }),
    onReplica(15, 'Unique users', 'SELECT md5(email), count(*) FROM users GROUP BY 1'),
    onReplica(16, 'Hidden addresses', "SELECT left(email, 1) || '***' AS email FROM users"),
    onReplica(17, 'No addresses', "SELECT 'hidden' AS email, count(*) FROM users"),
    onReplica(18, 'Old list', 'SELECT email FROM users', { lifecycle: 'archived' }),
    onReplica(19, 'Sign-ins', 'SELECT host(current_sign_in_ip) FROM users'),
    onReplica(20, 'My projects', 'SELECT name FROM my_projects'),
    onReplica(21, 'Users of the day', 'SELECT count(DISTINCT email) FROM users WHERE confirmed_at::date = current_date', { isPublic: true }),
    onLake(22, 'Providers', 'SELECT mail_domain, count(*) FROM analytics.dim_users GROUP BY 1'),
    onLake(23, 'References', 'SELECT person_ref FROM analytics.dim_users'),
    onLake(24, 'Addresses', 'SELECT email FROM analytics.user_emails'),
    onLake(25, 'Scores', 'SELECT score, count(*) FROM analytics.user_scores GROUP BY 1'),
    onLake(26, 'Projects', 'SELECT name FROM app_public.projects'),
  ],
  findings: [
    ['personal-data-shown | metabase card 2 Users of an account | replica public.users.email', 'raw'],
    ['personal-data-shown | metabase card 2 Users of an account | replica public.users.first_name', 'raw'],
    ['personal-data-shown | metabase card 3 Directory | replica public.user_directory.full_name', 'both names in one'],
    ['personal-data-shown | metabase card 7 Billing contacts | replica public.accounts.billing_email', 'an address'],
    ['secret-read | metabase card 8 Resets pending | replica public.users.reset_password_token', 'even as a condition'],
    ['personal-data-shown | metabase card 9 Everything | replica public.users.email', 'by the star'],
    ['personal-data-shown | metabase card 9 Everything | replica public.users.first_name', 'by the star'],
    ['personal-data-shown | metabase card 9 Everything | replica public.users.last_name', 'by the star'],
    ['personal-data-shown | metabase card 9 Everything | replica public.users.current_sign_in_ip', 'by the star'],
    ['secret-read | metabase card 9 Everything | replica public.users.encrypted_password', 'by the star'],
    ['secret-read | metabase card 9 Everything | replica public.users.reset_password_token', 'by the star'],
    ['personal-data-shown | metabase card 11 Active addresses | replica public.users.email', 'through a view'],
    ['personal-data-on-embedded-dashboard | metabase card 14 My team | replica public.users.first_name', 'embedded'],
    ['personal-data-weakly-pseudonymised | metabase card 15 Unique users | replica public.users.email', 'md5'],
    ['personal-data-shown | metabase card 19 Sign-ins | replica public.users.current_sign_in_ip', 'the whole address as text'],
    ['personal-data-weakly-pseudonymised | metabase card 23 References | lake analytics.dim_users.person_ref', 'sha256 without a key'],
    ['personal-data-shown | metabase card 24 Addresses | lake analytics.user_emails.email', 'raw'],
    ['personal-data-in-mart | - | lake analytics.user_emails.email', 'raw'],
    ['weak-pseudonym-stored | - | lake analytics.dim_users.person_ref', 'sha256 without a key'],
    ['personal-data-copied-unused | - | lake app_public.users.first_name', 'no model takes it'],
    ['personal-data-copied-unused | - | lake app_public.users.last_name', 'no model takes it'],
    ['personal-data-copied-unused | - | lake app_public.users.current_sign_in_ip', 'no model takes it'],
    ['row-security-lost-in-view | - | app public.active_users', 'a view of the owner of the table; its physical copy is the same view and is told once'],
    ['tenant-column-lost | - | app public.user_directory', 'one row a user, without the account'],
    ['row-security-not-carried | - | app public.project_sizes', 'all projects of all accounts'],
    ['row-security-not-carried | - | lake app_public.users', 'DuckDB has no policies'],
    ['row-security-not-carried | - | lake app_public.projects', 'DuckDB has no policies'],
    ['tenant-column-lost | - | lake analytics.user_emails', 'one row a user, without the account'],
  ],
  journeys: {
    'app public.accounts.billing_email email': ['> replica public.accounts.billing_email raw replication certain', '= metabase card 7 Billing contacts shown raw'],
    'app public.users.email email': [
      '> app public.active_users.email raw view certain', '> app public.user_directory.email raw materialized-view certain',
      '> replica public.users.email raw replication certain', '> replica public.active_users.email raw view certain', '> replica public.user_directory.email raw materialized-view certain',
      '> lake app_public.users.email raw load likely', '> lake analytics.dim_users.person_ref pseudonymous-weak model likely', '> lake analytics.dim_users.mail_domain partial model likely',
      '> lake analytics.user_emails.email raw model likely', 
      '= metabase card 2 Users of an account shown raw', '= metabase card 9 Everything shown raw', '= metabase card 11 Active addresses shown raw',
      '= metabase card 15 Unique users shown pseudonymous-weak', '= metabase card 15 Unique users grouping pseudonymous-weak', '= metabase card 16 Hidden addresses shown partial',
      '= metabase card 21 Users of the day shown aggregate public', '= metabase card 22 Providers shown partial', '= metabase card 22 Providers grouping partial',
      '= metabase card 23 References shown pseudonymous-weak', '= metabase card 24 Addresses shown raw',
    ],
    'app public.users.encrypted_password password': ['> replica public.users.encrypted_password raw replication certain', '= metabase card 9 Everything shown raw'],
    'app public.users.reset_password_token token': ['> replica public.users.reset_password_token raw replication certain', '= metabase card 8 Resets pending condition predicate', '= metabase card 9 Everything shown raw'],
    'app public.users.first_name first_name': [
      '> app public.user_directory.full_name raw materialized-view certain', '> replica public.users.first_name raw replication certain', '> replica public.user_directory.full_name raw materialized-view certain',
      '> lake app_public.users.first_name raw load likely', '= metabase card 2 Users of an account shown raw', '= metabase card 3 Directory shown raw', '= metabase card 9 Everything shown raw', '= metabase card 14 My team shown raw embedded',
    ],
    'app public.users.last_name last_name': [
      '> app public.user_directory.full_name raw materialized-view certain', '> replica public.users.last_name raw replication certain', '> replica public.user_directory.full_name raw materialized-view certain',
      '> lake app_public.users.last_name raw load likely', '= metabase card 3 Directory shown raw', '= metabase card 9 Everything shown raw',
    ],
    'app public.users.current_sign_in_ip ip_address': [
      '> replica public.users.current_sign_in_ip raw replication certain', '> lake app_public.users.current_sign_in_ip raw load likely', '= metabase card 9 Everything shown raw', '= metabase card 19 Sign-ins shown raw',
    ],
  },
};
