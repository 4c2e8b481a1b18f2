/** How tools name themselves in `application_name`, tested in this order. Drivers that many programs use name none. */
const APPLICATIONS: readonly (readonly [tool: string, form: RegExp])[] = [
  ['metabase', /^metabase\b/i],
  ['grafana', /^grafana\b/i],
  ['superset', /\bsuperset\b/i],
  ['redash', /\bredash\b/i],
  ['looker', /^looker\b/i],
  ['dbt', /^dbt\b/i],
  ['lightdash', /^lightdash\b/i],
  ['cube', /^cube(?:js|\.js)?\b/i],
  ['evidence', /^evidence\b/i],
  ['powerbi', /^(?:mashup ?engine|power ?bi)\b/i],
  ['tableau', /^(?:tableau|tabprotosrv|hyper)\b/i],
  ['hex', /^hex\b/i],
  ['mode', /^mode\b/i],
  ['airflow', /^airflow\b/i],
  ['notebook', /^(?:jupyter|ipykernel|ipython)\b/i],
];

/** Names of roles are made of words; a tool's own word in them is seldom there for another reason. */
const ROLE_WORDS: Record<string, string> = {
  metabase: 'metabase', grafana: 'grafana', superset: 'superset', redash: 'redash', looker: 'looker', dbt: 'dbt', lightdash: 'lightdash', cube: 'cube', cubejs: 'cube',
  evidence: 'evidence', powerbi: 'powerbi', tableau: 'tableau', hex: 'hex', mode: 'mode', airflow: 'airflow', jupyter: 'notebook', notebook: 'notebook', notebooks: 'notebook',
};

/** What drivers and poolers call themselves where the program does not: it tells nothing of the program. */
const DRIVER = /^(?:postgresql jdbc driver|npgsql|psycopg|psycopg2|asyncpg|pgx|node-postgres|libpq|odbc|pgbouncer|pgcat|odyssey|supavisor|rds ?proxy)\b/i;
/** What people sit at. */
const CLIENT = /^(?:psql|dbeaver|pgadmin|datagrip|tableplus|postico|heidisql|dbvisualizer|navicat|beekeeper|sqlworkbench|squirrel|azuredatastudio|intellij|pycharm|visual studio code|pgcli|pg_dump|pg_restore)\b/i;
/** Tools that give their name on every connection unless somebody forbids it. */
const NAMES_ITSELF: ReadonlySet<string> = new Set(['metabase', 'dbt']);

export function isDriver(application: string): boolean {
  return DRIVER.test(application.trim());
}

export function isClient(application: string): boolean {
  return CLIENT.test(application.trim());
}

export function namesItself(tool: string): boolean {
  return NAMES_ITSELF.has(tool);
}

/** The tool, by the name of its source, that an `application_name` belongs to. */
export function toolOfApplication(application: string): string | null {
  return APPLICATIONS.find(([, form]) => form.test(application))?.[0] ?? null;
}

/** The tool after which a role is named. */
export function toolOfRole(role: string): string | null {
  for (const word of role.toLowerCase().split(/[^a-z]+/)) if (Object.hasOwn(ROLE_WORDS, word)) return ROLE_WORDS[word] ?? null;
  return null;
}

/** A source beside a tool reads the same cards: metrics of dbt are dbt's. */
const FAMILY: Record<string, string> = { metricflow: 'dbt' };

export function familyOf(kind: string): string {
  return FAMILY[kind] ?? kind;
}
