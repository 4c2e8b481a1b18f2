// ClickHouse's engine from the npm package chdb behind ClickHouse's HTTP interface, for one test: a process of its own, since
// the engine binds one data folder a process and its library is large. Ends when its standard input ends.
//
// usage: node clickhouse-server.mjs '{"chdb": …, "folder": …, "users": …, "rowFilters": …, "queryLog": …}'
//
// As the server does it (ClickHouse 26.7, src/Server/HTTPHandler.cpp): parameters of the address that it does not know are
// settings, checked against what the user may set; errors are a status, a header and a text; what fails after the first bytes
// stands at the end of an answer that began well. What the server has and the engine alone has not: users with rights, which
// are texts of statements here, and the log of queries, which is a table in memory with the server's columns.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const options = JSON.parse(process.argv[2] ?? '{}');
const { Session } = createRequire(options.chdb)('chdb');
const data = join(options.folder, 'data');
mkdirSync(data, { recursive: true });

const filters = Object.entries(options.rowFilters ?? {}).map(([relation, filter]) => {
  const [database, table] = relation.split('.');
  return `<${database}><${table}><filter>${filter.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</filter></${table}></${database}>`;
});
writeFileSync(join(options.folder, 'users.xml'), `<clickhouse><profiles><default><max_threads>2</max_threads></default></profiles><quotas><default/></quotas>
<users><default><password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota><access_management>1</access_management>
<databases>${filters.join('')}</databases></default></users></clickhouse>`);
writeFileSync(join(options.folder, 'config.xml'), `<clickhouse><users_config>${join(options.folder, 'users.xml')}</users_config><logger><level>none</level></logger>
${options.cluster ? '<macros><cluster>warehouse</cluster></macros><remote_servers><warehouse><shard><replica><host>127.0.0.1</host><port>1</port></replica></shard></warehouse></remote_servers>' : ''}
<background_pool_size>2</background_pool_size><mark_cache_size>16000000</mark_cache_size></clickhouse>`);

const open = () => new Session(data, { connectionArgs: [`--config-file=${join(options.folder, 'config.xml')}`] });
const administrator = open();
const version = administrator.query('select version()', 'TSV').trim();

const QUERY_LOG = `CREATE TABLE IF NOT EXISTS system.query_log (
  hostname LowCardinality(String), type Enum8('QueryStart' = 1, 'QueryFinish' = 2, 'ExceptionBeforeStart' = 3, 'ExceptionWhileProcessing' = 4),
  event_date Date, event_time DateTime, event_time_microseconds DateTime64(6), query_start_time DateTime, query_start_time_microseconds DateTime64(6),
  query_duration_ms UInt64, read_rows UInt64, read_bytes UInt64, written_rows UInt64, written_bytes UInt64, result_rows UInt64, result_bytes UInt64,
  memory_usage UInt64, current_database LowCardinality(String), query String, formatted_query String, normalized_query_hash UInt64,
  query_kind LowCardinality(String), databases Array(LowCardinality(String)), tables Array(LowCardinality(String)), columns Array(LowCardinality(String)),
  views Array(LowCardinality(String)), exception_code Int32, exception String, is_initial_query UInt8, user LowCardinality(String), query_id String,
  address IPv6, port UInt16, initial_user LowCardinality(String), initial_query_id String, interface UInt8, os_user LowCardinality(String),
  client_hostname LowCardinality(String), client_name LowCardinality(String), http_method UInt8, http_user_agent LowCardinality(String),
  http_referer String, forwarded_for String, quota_key String, log_comment String, ProfileEvents Map(LowCardinality(String), UInt64),
  Settings Map(LowCardinality(String), LowCardinality(String)), used_row_policies Array(LowCardinality(String))) ENGINE = Memory`;
if (options.queryLog !== false) administrator.query(QUERY_LOG);

const quoted = (text) => `'${String(text).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
/** What the log has not yet been told. */
let ended = [];
function writeLog() {
  if (options.queryLog === false || ended.length === 0) return;
  const rows = ended.map((q) => `(hostName(), ${quoted(q.type)}, toDate(${q.at}), toDateTime(${q.at}), toDateTime64(${q.at}, 6), toDateTime(${q.at}), toDateTime64(${q.at}, 6),
    ${q.ms}, ${q.rows}, ${q.bytes}, 0, 0, ${q.resultRows}, ${q.resultBytes}, ${q.memory}, ${quoted(q.database)}, ${quoted(q.query)}, '', normalizedQueryHash(${quoted(q.query)}),
    ${quoted(q.kind)}, [], [], [], [], ${q.code}, '', 1, ${quoted(q.user)}, ${quoted(q.id)}, toIPv6('::1'), 0, ${quoted(q.user)}, ${quoted(q.id)}, 2, '', '', '', 2, ${quoted(q.agent)},
    '', '', '', ${quoted(q.comment)}, map(), map(), [])`);
  ended = [];
  if (administrator.query("exists table system.query_log", 'TSV').trim() !== '1') return;
  administrator.query(`insert into system.query_log values ${rows.join(', ')}`);
}

/** Set by the test through POST /test: what goes wrong with the next statement that is not of the test itself. */
let fault = null;
let statements = 0;
const requests = [];

class Refusal extends Error {
  constructor(code, name, text) {
    super(`Code: ${code}. DB::Exception: ${text}. (${name})`);
  }
}

const STATUS = { 81: 404, 60: 404, 47: 404, 46: 404, 62: 400, 6: 400, 27: 400, 53: 400, 159: 408, 193: 403, 194: 401, 492: 403, 497: 403, 516: 403 };

function userOf(request, address) {
  const [scheme, word] = (request.headers.authorization ?? '').split(' ');
  if (scheme === 'Bearer') {
    const found = Object.entries(options.users ?? {}).find(([, { token }]) => token !== undefined && token === word);
    if (!found) throw new Refusal(516, 'AUTHENTICATION_FAILED', 'JWT: Authentication failed: password is incorrect, or there is no user with such name');
    return { name: found[0], ...found[1] };
  }
  const [basicUser, ...basicPassword] = scheme === 'Basic' ? Buffer.from(word ?? '', 'base64').toString().split(':') : [];
  const name = request.headers['x-clickhouse-user'] ?? basicUser ?? address.searchParams.get('user') ?? 'default';
  const password = request.headers['x-clickhouse-key'] ?? (basicUser === undefined ? undefined : basicPassword.join(':')) ?? address.searchParams.get('password') ?? '';
  const known = name === 'default' ? { password: '', ...options.users?.default } : options.users?.[name];
  if (known === undefined || (known.password ?? '') !== password) throw new Refusal(516, 'AUTHENTICATION_FAILED', `${name}: Authentication failed: password is incorrect, or there is no user with such name`);
  return { name, ...known };
}

const NOT_SETTINGS = new Set(['query', 'database', 'default_format', 'query_id', 'session_id', 'session_timeout', 'session_check', 'user', 'password', 'quota_key', 'role', 'compress', 'decompress', 'wait_end_of_query', 'buffer_size']);

/** Sets what the user and then the request say; that a session is read-only last, as the server checks all before it sets any. */
function prepare(session, user, address) {
  if (user.readonly) session.query(`SET readonly = ${user.readonly}`);
  const settings = [...address.searchParams].filter(([name]) => !NOT_SETTINGS.has(name));
  for (const [name, value] of settings.toSorted(([one], [other]) => Number(one === 'readonly') - Number(other === 'readonly'))) {
    session.query(`SET ${name.startsWith('param_') ? name : `\`${name.replaceAll('`', '')}\``} = ${quoted(value)}`);
  }
  const database = address.searchParams.get('database');
  if (database) session.query(`USE \`${database.replaceAll('`', '``')}\``);
}

function kill(marker) {
  try {
    administrator.query(`KILL QUERY WHERE query LIKE '%${marker}%' AND query NOT LIKE '%KILL%' ASYNC`);
  } catch {
    // It ended by itself in between.
  }
}

/** What the log of queries will say of a statement; the rest is known when it has ended. */
function entryOf(id, sql, agent, address) {
  const [, first = 'O', rest = 'ther'] = /^\s*(\w)(\w*)/.exec(sql) ?? [];
  return {
    id, query: sql, agent, user: 'default', database: address.searchParams.get('database') ?? 'default', comment: address.searchParams.get('log_comment') ?? '',
    kind: /^with$/i.test(first + rest) ? 'Select' : first.toUpperCase() + rest.toLowerCase(),
    type: 'QueryFinish', code: 0, at: Date.now() / 1000, ms: 0, rows: 0, bytes: 0, resultRows: 0, resultBytes: 0, memory: 0,
  };
}

/** The fault that meets this statement. */
function faultOf(sql, own) {
  if (own || fault === null || (fault.match !== undefined && !sql.includes(fault.match))) return null;
  const found = fault;
  fault = null;
  return found;
}

/** True where the fault is all that the statement gets. */
function failAtOnce(wrong, response) {
  if (wrong?.kind === 'error') throw new Refusal(wrong.code, wrong.name, wrong.text);
  if (wrong?.kind === 'reset') response.destroy();
  if (wrong?.kind === 'status') {
    response.statusCode = wrong.status;
    response.end(wrong.text);
  }
  return ['status', 'reset', 'hang'].includes(wrong?.kind);
}

function send(response, bytes, wrong) {
  if (wrong?.kind === 'exception') {
    response.write(bytes.subarray(0, wrong.after));
    const text = `Code: ${wrong.code}. DB::Exception: ${wrong.text}. (${wrong.name}) (version ${version} (official build))\n`;
    response.end(`\r\n__exception__\r\nrumfyutuqkncbgau\r\n${text}${text.length} rumfyutuqkncbgau\r\n__exception__\r\n`);
  } else if (wrong?.kind === 'cut') {
    response.write(bytes.subarray(0, wrong.after), () => response.destroy());
  } else {
    response.end(bytes);
  }
}

function sendError(response, error) {
  const text = String(error?.message ?? error).replace(/^Query failed: /, '');
  const code = Number(/Code: (\d+)/.exec(text)?.[1] ?? 1002);
  if (!response.destroyed) {
    response.statusCode = STATUS[code] ?? 500;
    response.setHeader('X-ClickHouse-Exception-Code', String(code));
    response.end(`${text} (version ${version} (official build))\n`);
  }
  return code;
}

/** Runs a statement in a session of its own, as the server does for each request. */
async function run(session, sql, request, response, address) {
  const marker = `tm-${++statements}-${process.pid}`;
  const ends = session.query("select getSetting('cancel_http_readonly_queries_on_client_close') and getSetting('readonly') > 0", 'TSV').trim() === 'true';
  response.on('close', () => {
    if (!response.writableFinished && ends) kill(marker);
  });
  const format = address.searchParams.get('default_format') ?? request.headers['x-clickhouse-format'] ?? 'TabSeparated';
  return session.queryAsync(`/* ${marker} */ ${sql}`, { format });
}

async function answer(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString();
  const address = new URL(request.url ?? '/', 'http://server');
  if (address.pathname === '/ping') return void response.end('Ok.\n');
  if (address.pathname === '/test') {
    if (body !== '') fault = JSON.parse(body);
    return void response.end(JSON.stringify(requests.splice(0)));
  }
  const id = address.searchParams.get('query_id') ?? `q-${++statements}`;
  const sql = [address.searchParams.get('query') ?? '', body].filter((text) => text !== '').join('\n');
  const agent = request.headers['user-agent'] ?? '';
  const own = agent.startsWith('test');
  if (!own) requests.push({ sql, agent, settings: Object.fromEntries([...address.searchParams].filter(([name]) => !NOT_SETTINGS.has(name))) });
  const entry = entryOf(id, sql, agent, address);
  let session = null;
  response.setHeader('X-ClickHouse-Query-Id', id);
  try {
    const user = userOf(request, address);
    entry.user = user.name;
    const denied = own ? undefined : (user.denied ?? []).find((text) => sql.includes(text));
    if (denied !== undefined) throw new Refusal(497, 'ACCESS_DENIED', `${user.name}: Not enough privileges. To execute this query, it's necessary to have the grant SELECT ON ${denied}`);
    const wrong = faultOf(sql, own);
    if (failAtOnce(wrong, response)) return;
    if (sql.includes('query_log')) writeLog();
    session = open();
    prepare(session, user, address);
    const result = await run(session, sql, request, response, address);
    const bytes = Buffer.from(result.bytes?.() ?? result.text());
    const resultRows = Number(/"rows": (\d+)/.exec(bytes.subarray(-400).toString())?.[1] ?? bytes.toString('latin1').split('\n').length - 1);
    Object.assign(entry, { rows: result.rowsRead ?? 0, bytes: result.bytesRead ?? 0, resultRows, resultBytes: bytes.length, memory: 1_000_000 });
    response.setHeader('X-ClickHouse-Summary', JSON.stringify({ read_rows: String(entry.rows), read_bytes: String(entry.bytes), result_rows: String(resultRows) }));
    send(response, bytes, wrong);
  } catch (error) {
    Object.assign(entry, { type: 'ExceptionWhileProcessing', code: sendError(response, error) });
  } finally {
    session?.close();
    if (!own) ended.push({ ...entry, ms: Math.round(Date.now() - entry.at * 1000) });
  }
}

const server = http.createServer((request, response) => void answer(request, response));
// A test that was busy for five seconds would find its connection closed by Node's own default.
server.keepAliveTimeout = 60_000;
server.keepAliveTimeout = 10_000;
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port, version })));
// An exit would wait for statements under way, and their end may be far.
process.stdin.on('end', () => {
  rmSync(options.folder, { recursive: true, force: true });
  process.kill(process.pid, 'SIGKILL');
}).resume();
