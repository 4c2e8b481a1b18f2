import type { Catalog } from '../../model/catalog.js';
import type { StoreConfiguration } from '../../model/configuration.js';
import type { Gap } from '../../model/snapshot.js';
import { isReadable, relationIn } from '../../probes/warehouse/target.js';
import { openStore } from '../../stores/index.js';
import { targetOf } from '../../stores/shared/target.js';
import { StoreLost, type OpenContext, type Reading, type StatementReading, type StoreIdentity } from '../../stores/store.js';
import { count, formatQuantity } from '../../text/quantity.js';
import { notAvailable, ok, warning, type Check, type Examined } from '../check.js';
import { keyOf, type RelationNeed } from '../needs.js';
import { step } from '../remedy.js';

/** What was seen of a store whose engine is asked through the one interface that all have. */
export interface WarehouseFacts {
  identity: StoreIdentity;
  catalog: Reading<Catalog>;
  history: Reading<StatementReading>;
}

/**
 * Tries the catalogue and the history of queries, each once.
 * @throws ConnectError; the reason of an abort.
 */
export async function lookAtWarehouse(store: StoreConfiguration, context: OpenContext): Promise<{ facts: WarehouseFacts; cost: Examined['cost'] }> {
  const open = await openStore(store.engine, targetOf(store), context);
  try {
    const catalog = await tried(store.name, 'the whole catalogue', () => open.catalog(), EMPTY_CATALOG);
    const history = await tried(store.name, 'the history of queries', () => open.statements(), { statements: [], own: [], window: null });
    return { facts: { identity: open.identity(), catalog, history }, cost: open.cost() };
  } finally {
    await open.close();
  }
}

async function tried<T>(store: string, missing: string, read: () => Promise<Reading<T>>, nothing: T): Promise<Reading<T>> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof StoreLost)) throw error;
    return { value: nothing, gaps: [{ subject: store, missing, cause: `the connection was lost: ${error.detail}`, remedy: 'Run it again.', severity: 'blind' }] };
  }
}

/** What the facts of a warehouse mean. */
export function warehouseChecks({ identity, catalog, history }: WarehouseFacts, store: StoreConfiguration, needs: readonly RelationNeed[]): Check[] {
  return [
    connection(identity),
    catalogue(catalog),
    ...gapsOf('catalogue', catalog.gaps),
    ...(store.engine === 'duckdb' ? [] : [statements(history), ...gapsOf('history', history.value.window === null ? history.gaps.slice(1) : history.gaps), limit(store)]),
    ...needs.filter(({ required }) => required).map((need) => relation(catalog.value, need)),
  ];
}

function connection({ version, database, role, superuser }: StoreIdentity): Check {
  const id = 'connection';
  const seen = `version ${version}, ${database}${role === null ? '' : `, as ${role}`}`;
  return superuser ? warning(id, id, `${seen}, who may do everything`, null, step('tidemark needs to read only: tidemark doctor --sql prints a role that may do no more.')) : ok(id, id, seen);
}

function catalogue({ value, gaps }: Reading<Catalog>): Check {
  const id = 'catalogue';
  const tables = value.relations.filter(({ kind }) => kind === 'table').length;
  const seen = `${count(tables, 'table')}, ${count(value.relations.length - tables, 'view or other relation', 'views and other relations')}`;
  const blind = gaps.find(({ severity }) => severity === 'blind');
  if (blind !== undefined) return notAvailable(id, id, blind.cause, blind.missing, blind.remedy === null ? null : step(blind.remedy));
  if (value.relations.length === 0) return warning(id, id, 'it holds no relation that this user may see', 'columns, keys and everything that is judged by them', step('Correct database and schema in the url, or let the user see them: tidemark doctor --sql prints the grants.'));
  return ok(id, id, seen);
}

function statements({ value, gaps }: Reading<StatementReading>): Check {
  const id = 'history';
  const title = 'history of queries';
  if (value.window === null) {
    const [gap] = gaps;
    return notAvailable(id, title, gap?.cause ?? 'the engine keeps none', 'who reads what in the warehouse, exports of personal data and the cost of dashboards', gap?.remedy == null ? null : step(gap.remedy), false);
  }
  const { since, until } = value.window;
  const users = new Set(value.statements.map(({ role }) => role)).size;
  const seen = `${count(value.statements.length, 'text')} of ${count(users, 'user')}${since === null || until === undefined ? '' : ` from ${since.slice(0, 16)} to ${until.slice(0, 16)}`}`;
  return ok(id, title, seen);
}

function limit({ scan_bytes_max }: StoreConfiguration): Check {
  const id = 'scan-limit';
  const title = 'limit of a scan';
  if (scan_bytes_max === undefined) return { ...warning(id, title, 'scan_max is not set: a reconciliation may read as much as its tables hold', null, step('Set scan_max of the store in tidemark.yaml, as in 50GiB.')), needed: false };
  return ok(id, title, `statements that would read more than ${formatQuantity(scan_bytes_max, 'bytes') ?? `${scan_bytes_max} bytes`} are not run where the engine tells`);
}

/** What of a part could not be read; what all of it lacks is told with the part itself. */
function gapsOf(part: string, gaps: readonly Gap[]): Check[] {
  return gaps.filter(({ severity }) => severity === 'partial').map(({ missing, cause, remedy }, index) => ({
    ...warning(`${part}-${index + 1}`, part === 'history' ? 'history of queries' : 'catalogue', cause, missing, remedy === null ? null : step(remedy)),
    needed: false,
  }));
}

function relation(catalog: Catalog, need: RelationNeed): Check {
  const name = keyOf(need);
  const id = `relation:${name}`;
  const lost = need.purposes.join(', ');
  const found = relationIn(catalog, name);
  if (found === undefined || !isReadable(found)) return notAvailable(id, name, 'there is no such relation, or this user may not see it', lost, step('Correct the name in tidemark.yaml (schema.name), or grant SELECT on it.'));
  const missing = need.columns.filter((column) => !found.columns.some((own) => own.name.toLowerCase() === column.toLowerCase()));
  if (missing.length > 0) return notAvailable(id, name, `it has no column ${missing.join(', ')}`, lost, step('Correct the column in tidemark.yaml.'));
  return ok(id, name, `there, for ${lost}`);
}

const EMPTY_CATALOG: Catalog = { relations: [], constraints: [], indexes: [], roles: [], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: {} };
