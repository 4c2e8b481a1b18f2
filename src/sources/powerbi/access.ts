import type { ConnectionReference } from '../../model/query.js';

/** The engine behind a data-access function, by what stands before its first dot. */
const ENGINES = new Map([
  ['Sql', 'mssql'],
  ['PostgreSQL', 'postgres'],
  ['MySQL', 'mysql'],
  ['MariaDB', 'mariadb'],
  ['Oracle', 'oracle'],
  ['Snowflake', 'snowflake'],
  ['GoogleBigQuery', 'bigquery'],
  ['AmazonRedshift', 'redshift'],
  ['AmazonAthena', 'athena'],
  ['Databricks', 'databricks'],
  ['DatabricksMultiCloud', 'databricks'],
  ['Teradata', 'teradata'],
  ['DB2', 'db2'],
  ['Informix', 'informix'],
  ['Sybase', 'sybase'],
  ['SapHana', 'hana'],
  ['Vertica', 'vertica'],
  ['ClickHouse', 'clickhouse'],
  ['DuckDB', 'duckdb'],
  ['Trino', 'trino'],
  ['Odbc', 'odbc'],
  ['OleDb', 'oledb'],
  ['AdoDotNet', 'adodotnet'],
  ['Fabric', 'fabric'],
  ['Lakehouse', 'fabric'],
  ['CommonDataService', 'dataverse'],
]);

const ACCESS = /^([A-Za-z]\w*)(?:\.\w+)?\.(?:Database|Databases|DataSource|Catalogs|Query|Warehouse|Contents)$/;
/** Cubes and workbooks of sheets: their queries are no SQL. */
const OTHER_LANGUAGES = /^(AnalysisServices|SapBusinessWarehouse|Essbase|Kusto|AzureDataExplorer)$/;

/** The engine that a function reads; null for functions that read no database. */
export function engineOf(callee: string): string | null {
  const first = ACCESS.exec(callee)?.[1];
  if (first === undefined) return null;
  const known = ENGINES.get(first);
  if (known !== undefined) return callee.endsWith('.Contents') && first !== 'Lakehouse' ? null : known;
  return /\.(Database|Databases|Catalogs)$/.test(callee) && !OTHER_LANGUAGES.test(first) ? first.toLowerCase() : null;
}

/** True for functions whose `Query` is DAX, MDX or KQL. */
export function isOtherLanguage(callee: string): boolean {
  return OTHER_LANGUAGES.test(ACCESS.exec(callee)?.[1] ?? '');
}

/** True where the second argument names a database. */
function namesDatabase(callee: string): boolean {
  return callee.endsWith('.Database') && !callee.startsWith('GoogleBigQuery');
}

/** The connection that an access function opens: its server and database only, of texts that are known. */
export function connectionOf(callee: string, engine: string, args: readonly (string | null)[], project: string | null): ConnectionReference {
  const [first = null, second = null] = args;
  const reference: ConnectionReference = { id: null, name: null, engine, host: null, database: null };
  if (first === null) return { ...reference, database: project };
  if (engine === 'odbc' || engine === 'oledb' || engine === 'adodotnet') return { ...reference, ...fromConnectionString(callee.startsWith('AdoDotNet') ? second : first) };
  const server = serverOf(first);
  const service = engine === 'oracle' ? (/^[^/]{1,300}\/([\w.$-]{1,100})$/.exec(first.trim())?.[1] ?? null) : null;
  return { ...reference, host: server.host, database: (namesDatabase(callee) ? second?.trim() || null : null) ?? server.database ?? service ?? project };
}

/** `host:1521/service`, `host,1433`, `tcp:host`, `https://host/path`: the host, and the service where there is one. */
export function serverOf(written: string): { host: string | null; database: string | null } {
  const plain = written.trim().replace(/^[a-z][a-z0-9+.-]{0,30}:\/\//i, '').replace(/^tcp:/i, '');
  // What stands before @ may be a password.
  const server = plain.slice(plain.lastIndexOf('@') + 1);
  const [host = ''] = server.split(/[:,/]/);
  const service = /^[^/]*:\d{1,5}\/([\w.$-]{1,100})$/.exec(server)?.[1] ?? null;
  return { host: host.trim() || null, database: service };
}

const DRIVERS: readonly [RegExp, string][] = [
  [/postgres|psqlodbc|npgsql/i, 'postgres'],
  [/redshift/i, 'redshift'],
  [/snowflake/i, 'snowflake'],
  [/maria/i, 'mariadb'],
  [/mysql/i, 'mysql'],
  [/oracle|oraoledb/i, 'oracle'],
  [/sql server|sqlncli|msoledbsql|sqloledb/i, 'mssql'],
  [/databricks|spark/i, 'databricks'],
  [/bigquery/i, 'bigquery'],
  [/clickhouse/i, 'clickhouse'],
];

/** The engine that an ODBC driver or OLE DB provider talks to; null where its name does not tell. */
function engineOfDriver(name: string | null): string | null {
  return DRIVERS.find(([pattern]) => pattern.test(name ?? ''))?.[1] ?? null;
}

/** What a connection string tells of server and database (ODBC, OLE DB, ADO.NET); its other keys are not looked at. */
export function fromConnectionString(text: string | null): Partial<ConnectionReference> {
  const values = new Map<string, string>();
  for (const pair of (text ?? '').slice(0, 5_000).split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0) values.set(pair.slice(0, equals).trim().toLowerCase(), pair.slice(equals + 1).trim().replace(/^[{"']|[}"']$/g, ''));
  }
  const first = (...keys: string[]): string | null => keys.map((key) => values.get(key)).find((value) => value) ?? null;
  const server = first('server', 'host', 'hostname', 'data source', 'addr', 'address', 'network address');
  const { host, database } = server === null ? { host: null, database: null } : serverOf(server);
  const engine = engineOfDriver(first('driver', 'provider'));
  return { ...(engine === null ? {} : { engine }), name: first('dsn'), host, database: first('database', 'initial catalog', 'db', 'dbname', 'catalog') ?? database };
}
