/**
 * A snapshot of a large system, the same at every run: 500 relations, 5,000 statements of the server, 1,000 cards, or a
 * multiple of them. Texts are made from templates that differ in relation, columns and literals, so that no cache hides the
 * work; two cards each have one title and one relation, so that there are metrics to compare.
 */
const SUBJECTS = ['case_file', 'task', 'invoice', 'payment', 'shipment', 'customer', 'order_line', 'refund', 'inspection', 'licence'];
const COLUMNS = ['id', 'tenant_id', 'parent_id', 'status', 'kind', 'amount', 'quantity', 'email', 'region_code', 'created_at', 'updated_at', 'closed_at'];
const TYPES = { id: 'bigint', tenant_id: 'bigint', parent_id: 'bigint', amount: 'numeric(12,2)', quantity: 'integer', created_at: 'timestamp with time zone', updated_at: 'timestamp with time zone', closed_at: 'timestamp with time zone' };

const relationName = (number) => `${SUBJECTS[number % SUBJECTS.length]}_${Math.floor(number / SUBJECTS.length)}`;

function relation(number) {
  return {
    schema: number % 5 === 0 ? 'shop' : 'app', name: relationName(number), kind: 'table', owner: 'owner', comment: null,
    columns: COLUMNS.map((name) => ({ name, type: TYPES[name] ?? 'text', nullable: name !== 'id', comment: null, label: null, enumValues: null })),
    definition: null, rows: 10_000 * (number + 1), size_bytes: 1_000_000 * (number + 1), rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
  };
}

const qualified = (number) => `${number % 5 === 0 ? 'shop' : 'app'}.${relationName(number)}`;

const OPERATIONAL = [
  (t) => `SELECT * FROM ${t} WHERE id = $1`,
  (t) => `SELECT id, status, updated_at FROM ${t} WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
  (t) => `UPDATE ${t} SET status = $1, updated_at = now() WHERE id = $2`,
  (t) => `INSERT INTO ${t} (id, tenant_id, status, amount) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET status = excluded.status`,
  (t, u) => `SELECT a.id, b.status FROM ${t} a JOIN ${u} b ON b.id = a.parent_id WHERE a.id = $1`,
];

const ANALYTICAL = [
  (t) => `SELECT date_trunc($1, created_at) AS month, status, count(*) AS n, sum(amount) AS total FROM ${t} WHERE created_at >= now() - $2::interval GROUP BY 1, 2 ORDER BY 1, 2`,
  (t, u) => `WITH recent AS (SELECT * FROM ${t} WHERE updated_at > $1), totals AS (SELECT tenant_id, sum(amount) AS amount FROM recent GROUP BY tenant_id) SELECT r.region_code, t.amount, rank() OVER (PARTITION BY r.region_code ORDER BY t.amount DESC) FROM totals t JOIN ${u} r ON r.tenant_id = t.tenant_id WHERE r.status <> $2`,
  (t, u) => `SELECT a.region_code, count(DISTINCT a.id) FILTER (WHERE b.closed_at IS NULL) AS open_items, percentile_cont($1) WITHIN GROUP (ORDER BY b.amount) FROM ${t} a LEFT JOIN ${u} b ON b.parent_id = a.id WHERE a.status NOT IN ($2 /*, ... */) GROUP BY a.region_code HAVING count(*) > $3`,
];

function statement(number, relations) {
  const templates = number % 3 === 0 ? ANALYTICAL : OPERATIONAL;
  const table = qualified(number % relations);
  const other = qualified((number * 7 + 3) % relations);
  // Aliases differ from text to text as real ones do; a distinct column list makes a distinct statement.
  const text = templates[number % templates.length](table, other).replace('SELECT ', `SELECT ${number} AS marker_${number}, `);
  return {
    role: number % 3 === 0 ? 'metabase_ro' : 'case_app', database: 'estate', queryId: String(10_000 + number), toplevel: true, text, textState: 'full',
    calls: 100 + (number % 900), execution_ms: number * 3, planning_ms: null, rows: number * 10, sharedBlocksHit: number * (number % 3 === 0 ? 4000 : 4), sharedBlocksRead: number, tempBlocksRead: 0, tempBlocksWritten: number % 30 === 0 ? 500 : 0, wal_bytes: 0,
  };
}

function card(number, relations) {
  const pair = Math.floor(number / 2);
  const sql = ANALYTICAL[pair % ANALYTICAL.length](qualified(pair % relations), qualified((pair * 3 + 1) % relations))
    .replace('percentile_cont($1)', 'percentile_cont(0.9)').replace(/\$1/g, "'month'").replace(/\$2::interval/g, `interval '${90 + number} days'`).replace(/\$2( \/\*, \.\.\. \*\/)?/g, "'CLOSED'").replace(/\$3/g, String(number));
  return {
    id: `metabase:production:card:${number}`, kind: 'metabase', role: 'query', sqlKind: 'statement', title: `Open ${SUBJECTS[pair % SUBJECTS.length]} ${pair}`, description: null,
    container: { kind: 'dashboard', id: String(number % 40), title: `Board ${number % 40}` }, owners: [{ name: `Team ${number % 12}`, via: 'author' }],
    connection: { id: '2', name: 'Production', engine: 'postgres', host: null, database: null }, origin: { file: `metabase/card-${number}.json`, pointer: '/dataset_query/native/query', line: 4, column: 17 },
    raw: sql, reconstructed: false, variants: [{ label: 'default', sql, map: [], assumptions: [] }], isPublic: false, lifecycle: 'active', usage: null, schedule: null, problems: [],
  };
}

/** The snapshot, in the form that `writeBundle` takes; `times` as much of everything. */
export function largeSnapshot(times = 1) {
  const [relationCount, statementCount, cardCount] = [500, 5000, 1000].map((number) => number * times);
  const relations = Array.from({ length: relationCount }, (_, number) => relation(number)).sort((a, b) => (`${a.schema}.${a.name}` < `${b.schema}.${b.name}` ? -1 : 1));
  const constraints = relations.map(({ schema, name }) => ({ schema, relation: name, name: `${name}_pkey`, kind: 'primary_key', columns: ['id'], expression: null, references: null, validated: true, enforced: true }));
  const role = (name) => ({ name, superuser: false, canLogin: true, inherits: true, replication: false, bypassesRowSecurity: false, connectionLimit: null, settings: {}, memberOf: [] });
  return {
    takenAt: '2026-01-01T00:00:00.000Z',
    stores: [{
      name: 'production', role: 'operational', engine: 'postgres', version: '18.0', database: 'estate', inRecovery: false,
      catalog: { relations, constraints, indexes: [], roles: [role('case_app'), role('metabase_ro')], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: { statement_timeout: '0' } },
      statements: Array.from({ length: statementCount }, (_, number) => statement(number, relationCount)),
      statementWindow: { since: null, evictions: 0, entries: statementCount, entries_max: 5000, block_bytes: 8192 },
      cost: { elapsed_ms: 0, queries: 0, received_bytes: 0 },
    }],
    queries: Array.from({ length: cardCount }, (_, number) => card(number, relationCount)).sort((a, b) => (a.id < b.id ? -1 : 1)),
    sources: [{ path: 'metabase', files: cardCount, ignored: 0, queries: { metabase: cardCount } }],
    gaps: [],
  };
}
