/** What reading a table gives, by its engine (system.tables.engine and engine_full; ClickHouse 26.7, reference of table engines). */
export interface TableEngine {
  kind: 'table' | 'view' | 'materialized_view' | 'foreign_table';
  /** Rows of the same sorting key are put together in the background: without FINAL some appear twice, or as they were. */
  mergesRows: boolean;
  /** A queue: reading takes messages away from those that they are for. */
  isQueue: boolean;
  /** Where its rows really are; null where they are its own. */
  behind: { database: string; name: string } | null;
}

const MERGES = /^(Replicated|Shared)?(Replacing|Collapsing|VersionedCollapsing|Summing|Aggregating|Coalescing|Graphite)MergeTree$/;
const OWN_ROWS = /MergeTree$|^(Log|TinyLog|StripeLog|Memory|Join|Set|EmbeddedRocksDB|KeeperMap|GenerateRandom|Null|Dictionary|TimeSeries)$/;
const QUEUES = new Set(['Kafka', 'RabbitMQ', 'NATS', 'S3Queue', 'AzureQueue', 'FileLog', 'Redis Streams']);

export interface TableRow {
  database: string;
  name: string;
  engine: string;
  engine_full: string;
  create_table_query: string;
}

export function engineOf({ database, engine, engine_full, create_table_query }: TableRow): TableEngine {
  const kind = engine === 'View' || engine === 'LiveView' || engine === 'WindowView' ? 'view' : engine === 'MaterializedView' ? 'materialized_view' : behindOf(engine) === null && OWN_ROWS.test(engine) ? 'table' : 'foreign_table';
  return { kind, mergesRows: MERGES.test(engine), isQueue: QUEUES.has(engine), behind: behind(database, engine, engine_full, create_table_query) };
}

/** Which arguments of the engine name the table behind it. */
function behindOf(engine: string): { database: number; name: number } | null {
  if (engine === 'Distributed') return { database: 1, name: 2 };
  return engine === 'Buffer' ? { database: 0, name: 1 } : null;
}

function behind(database: string, engine: string, engine_full: string, create: string): TableEngine['behind'] {
  if (engine === 'MaterializedView') {
    const [, first = '', second] = /^(?:CREATE|ATTACH) MATERIALIZED VIEW [^()]*? TO ((?:`(?:[^`\\]|\\.)*`)|\w+)(?:\.((?:`(?:[^`\\]|\\.)*`)|\w+))?[ (]/.exec(create) ?? [];
    if (first === '') return null;
    return second === undefined ? { database, name: unquoted(first) } : { database: unquoted(first), name: unquoted(second) };
  }
  const at = behindOf(engine);
  if (at === null) return null;
  const parts = /^\w+\(((?:'(?:[^'\\]|\\.)*'|[\w`]+)(?:, (?:'(?:[^'\\]|\\.)*'|[\w`]+))*)/.exec(engine_full)?.[1]?.match(/'(?:[^'\\]|\\.)*'|[\w`]+/g) ?? [];
  const target = parts[at.database];
  const name = parts[at.name];
  return name === undefined ? null : { database: unquoted(target ?? '') || database, name: unquoted(name) };
}

function unquoted(text: string): string {
  return /^['`]/.test(text) ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

/**
 * The columns of a sorting key as system.tables prints it, `tenant, \`case id\``; null where a part is an expression, which no two
 * rows need to differ in.
 */
export function keyColumns(key: string, columns: ReadonlySet<string>): string[] | null {
  // `ORDER BY (id)` keeps its parentheses.
  const list = key.trim().replace(/^\(([^()]*)\)$/, '$1');
  if (list === '') return null;
  const names: string[] = [];
  for (const part of list.match(/`(?:[^`\\]|\\.)*`(?:[^,`]*)|[^,]+/g) ?? []) {
    const name = unquoted(part.trim());
    if (!columns.has(name)) return null;
    names.push(name);
  }
  return names;
}

/** False only where no value of the type is NULL. */
export function isNullable(type: string): boolean {
  return /^(LowCardinality\()?Nullable\(|^(Variant|Dynamic|Nothing)\b/.test(type);
}
