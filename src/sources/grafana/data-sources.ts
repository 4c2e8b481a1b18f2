import type { ConnectionReference } from '../../model/query.js';
import { isObject } from '../common/json.js';
import { dataSourceShape, inputShape, type Variable } from './shapes.js';

/** Types whose queries are SQL (formats of the plugins that ship with Grafana or are common). */
const SQL_TYPES =
  /^(postgres|grafana-postgresql-datasource|mysql|mssql|grafana-(clickhouse|bigquery|athena|redshift|snowflake|databricks|oracle)-datasource|grafana-bigquery-datasource|vertamedia-clickhouse-datasource|doitintl-bigquery-datasource|frser-sqlite-datasource|michelin-snowflake-datasource|motherduck-duckdb-datasource|grafana-timestream-datasource)$/;

/** Types whose queries never are. */
const OTHER_TYPES =
  /^(prometheus|loki|tempo|jaeger|zipkin|graphite|opentsdb|elasticsearch|grafana-opensearch-datasource|cloudwatch|stackdriver|alertmanager|parca|phlare|grafana-pyroscope-datasource|grafana-testdata-datasource|testdata|datasource|grafana|__expr__|dashboard|grafana-azure-monitor-datasource|alexanderzobnin-zabbix-datasource|yesoreyeram-infinity-datasource|marcusolsson-json-datasource)$/;

export interface ResolvedDataSource {
  connection: ConnectionReference | null;
  timescale: boolean;
  /**
   * `none` for Grafana's own: expressions, other panels, built-in annotations; `raw-sql` where only `rawSql` is SQL and what
   * reads like it is another language (InfluxQL).
   */
  language: 'sql' | 'raw-sql' | 'other' | 'unknown' | 'none';
}

interface Known {
  connection: ConnectionReference;
  timescale: boolean;
  /** The file that tells it. */
  path: string;
}

/** The data sources that an export tells. Of those that several files tell under one name, the one that is nearest to `path` counts. */
export class DataSources {
  readonly #nearestOf = new Map<readonly Known[], Known>();

  constructor(
    readonly byUid = new Map<string, Known[]>(),
    readonly byName = new Map<string, Known[]>(),
    readonly defaults: Known[] = [],
    readonly path = '',
  ) {}

  /** As `GET /api/datasources` answers and as files of provisioning have them. */
  add(value: Record<string, unknown>, path: string): void {
    const { uid, name, type, url, database, isDefault, jsonData } = dataSourceShape.parse(value);
    const known: Known = {
      connection: {
        id: uid ?? null,
        name: name ?? null,
        engine: type ?? null,
        host: hostOf(url || jsonData?.host || jsonData?.server || ''),
        database: database || jsonData?.database || jsonData?.defaultDatabase || jsonData?.defaultProject || null,
      },
      timescale: jsonData?.timescaledb === true,
      path,
    };
    if (uid) push(this.byUid, uid, known);
    if (name) push(this.byName, name, known);
    if (isDefault === true) this.defaults.push(known);
  }

  /** The same, as a dashboard in another file sees them: an export may hold several installations, folder by folder. */
  near(path: string): DataSources {
    return new DataSources(this.byUid, this.byName, this.defaults, path);
  }

  named(key: string): Known | null {
    return this.#nearest(this.byUid.get(key) ?? this.byName.get(key) ?? []);
  }

  get default(): Known | null {
    return this.#nearest(this.defaults);
  }

  /** Asked when all files are read, so that one answer a list holds. */
  #nearest(all: readonly Known[]): Known | null {
    let found = this.#nearestOf.get(all) ?? null;
    if (found !== null) return found;
    let most = -1;
    for (const known of all) {
      const shared = sharedFolders(known.path, this.path);
      if (shared < most) continue;
      found = known;
      most = shared;
    }
    if (found !== null) this.#nearestOf.set(all, found);
    return found;
  }
}

function push(into: Map<string, Known[]>, key: string, known: Known): void {
  const list = into.get(key);
  if (list === undefined) into.set(key, [known]);
  else list.push(known);
}

function sharedFolders(one: string, other: string): number {
  const folders = one.split('/').slice(0, -1);
  const others = other.split('/').slice(0, -1);
  const at = folders.findIndex((folder, index) => folder !== others[index]);
  return at < 0 ? folders.length : at;
}

/** Host of `host:5432`, `host,1433`, `[::1]:5432` or a URL, never with its user and password. */
function hostOf(url: string): string | null {
  const authority = url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').split(/[/?#]/)[0] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const bracketed = /^\[([^\]]+)\]/.exec(host)?.[1];
  return bracketed ?? (host.replace(/[:,]\d*$/, '') || null);
}

/** Grafana itself, which computes over what the other queries of a panel gave and reaches no database. */
const EXPRESSIONS: ConnectionReference = { id: '__expr__', name: null, engine: '__expr__', host: null, database: null };

/** What a reference of one dashboard means: by uid, by name, through its own inputs and variables. */
export class DataSourceScope {
  readonly #inputs = new Map<string, ConnectionReference>();
  readonly #variables = new Map<string, Variable>();

  constructor(
    readonly sources: DataSources,
    inputs: readonly unknown[],
    variables: readonly Variable[],
  ) {
    for (const value of inputs) {
      const input = inputShape.safeParse(value).data;
      if (input?.type !== 'datasource' || !input.name) continue;
      this.#inputs.set(input.name, { id: null, name: input.label ?? input.name, engine: input.pluginId ?? null, host: null, database: null });
    }
    for (const variable of variables) if (variable.type === 'datasource' && variable.name) this.#variables.set(variable.name, variable);
  }

  /** `own` of the query counts before `inherited` of its panel, unless it is missing. */
  resolve(own: unknown, inherited: unknown): ResolvedDataSource {
    const reference = isReference(own) ? own : isReference(inherited) && !isMixed(inherited) ? inherited : null;
    if (reference === null) return this.#known(this.sources.default) ?? { connection: null, timescale: false, language: 'unknown' };
    const type = isObject(reference) && typeof reference['type'] === 'string' ? reference['type'] : null;
    const key = isObject(reference) ? reference['uid'] : reference;
    if (typeof key !== 'string' || key === '') return this.#typed(null, type);
    if (key === '__expr__' || key === '-100') return { connection: EXPRESSIONS, timescale: false, language: 'none' };
    if (/^(-- (Dashboard|Grafana) --|grafana)$/.test(key)) return { connection: null, timescale: false, language: 'none' };
    if (key === 'default') return this.#known(this.sources.default) ?? this.#typed(null, type);
    const variable = /^\$\{?(\w+)\}?$/.exec(key)?.[1];
    if (variable !== undefined) return this.#variable(variable, type);
    // Many a data source bears the name of its engine, and an export without data sources tells no more.
    const engine = type ?? (languageOf(key.toLowerCase()) === 'unknown' ? null : key.toLowerCase());
    return this.#known(this.sources.named(key)) ?? this.#typed(isObject(reference) ? { id: key, name: null } : { id: null, name: key }, engine);
  }

  #variable(name: string, type: string | null): ResolvedDataSource {
    const input = this.#inputs.get(name);
    if (input !== undefined) return { connection: input, timescale: false, language: languageOf(input.engine ?? type) };
    const variable = this.#variables.get(name);
    const chosen = variable?.current?.value;
    const engine = typeof variable?.query === 'string' ? variable.query : type;
    const known = typeof chosen === 'string' ? this.#known(this.sources.named(chosen)) : null;
    if (known !== null) return known;
    const title = variable?.current?.text;
    const named = typeof chosen === 'string' && !chosen.startsWith('$') ? chosen : null;
    return this.#typed({ id: named, name: typeof title === 'string' && title !== '' ? title : null }, engine);
  }

  #known(known: Known | null | undefined): ResolvedDataSource | null {
    if (!known) return null;
    return { connection: known.connection, timescale: known.timescale, language: languageOf(known.connection.engine) };
  }

  #typed(named: { id: string | null; name: string | null } | null, engine: string | null): ResolvedDataSource {
    const connection = named === null && engine === null ? null : { id: named?.id ?? null, name: named?.name ?? null, engine, host: null, database: null };
    return { connection, timescale: false, language: languageOf(engine) };
  }
}

function isReference(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || (isObject(value) && (typeof value['uid'] === 'string' || typeof value['type'] === 'string'));
}

function isMixed(value: unknown): boolean {
  return value === '-- Mixed --' || (isObject(value) && value['uid'] === '-- Mixed --');
}

function languageOf(type: string | null): ResolvedDataSource['language'] {
  if (type === null) return 'unknown';
  if (type === '__expr__') return 'none';
  if (type === 'influxdb') return 'raw-sql';
  return SQL_TYPES.test(type) ? 'sql' : OTHER_TYPES.test(type) ? 'other' : 'unknown';
}
