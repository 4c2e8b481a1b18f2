import type { Configuration } from '../../model/configuration.js';
import type { CollectedQuery, QueryVariant } from '../../model/query.js';
import type { ForeignTable, StoreSnapshot } from '../../model/snapshot.js';
import type { ParsedStatement, TableReference } from '../../model/syntax-tree.js';
import { type FederatedRead, attachedDatabases, executedLiterals, federatedReads, tableReferences, usedCatalog } from '../../sql/federation.js';
import type { DialectId } from '../../sql/dialect.js';
import type { Parse } from '../../sql/parse/front-end.js';
import { plainText } from '../../text/plain-text.js';
import type { PlacedQuery } from '../placed-query.js';
import { type Destination, type OtherSide, destinationOf, nameOfSide } from './place.js';
import { columnsRead, withNames } from './rewrite.js';

export interface FederationInput {
  queries: readonly CollectedQuery[];
  /** Where they run; null where that is not known or could not be looked at. */
  from: StoreSnapshot | null;
  stores: readonly StoreSnapshot[];
  configuration: Configuration;
  dialect: DialectId;
  /** Reads their dialect. */
  parse: Parse;
}

/** Words without which a statement of PostgreSQL reaches no other database: most are spared a second reading. */
const MAY_LEAVE = /dblink|exec|attach|external_query|openquery|postgres_|mysql|postgresql/i;

export interface Federated {
  /** What they read of other stores, each on the store that it reads, under the name of the same consumer. */
  placed: { store: StoreSnapshot; query: PlacedQuery }[];
  guesses: string[];
  /** Functions whose SQL is read on the other side, by query: what they read there is known. */
  seenThrough: Map<CollectedQuery, Set<string>>;
}

/** Reads queries of one store for what they send to another one. Pure. */
export function federate(input: FederationInput): Federated {
  const federated: Federated = { placed: [], guesses: [], seenThrough: new Map() };
  for (const query of input.queries) {
    const sent = new Set<string>();
    for (const variant of query.variants) {
      for (const read of readsOf(variant, input)) place(read, query, variant, input, sent, federated);
    }
  }
  return federated;
}

/** What leaves a statement, and where to. */
interface Outgoing {
  sql: string;
  wholeTable: boolean;
  via: string;
  /** The function that the resolver cannot look behind; null for names. */
  behind: string | null;
  destination: Destination;
}

function place({ sql, wholeTable, via, behind, destination }: Outgoing, query: CollectedQuery, variant: QueryVariant, { from }: FederationInput, sent: Set<string>, federated: Federated): void {
  if (behind !== null) federated.seenThrough.set(query, (federated.seenThrough.get(query) ?? new Set()).add(behind));
  const key = `${destination.store.name}\n${sql}`;
  if (sent.has(key)) return;
  sent.add(key);
  if (destination.guess !== null) federated.guesses.push(destination.guess);
  const placed: PlacedQuery = {
    ...query,
    sqlKind: wholeTable ? 'relation' : 'statement',
    raw: sql,
    reconstructed: query.reconstructed || wholeTable,
    variants: [{ label: variant.label, sql, map: [], assumptions: [`sent by ${via}`] }],
    problems: [],
    // What a statement executes on its own store is its own work.
    ...(destination.store === from ? {} : { federation: { via, from: from?.name ?? '' } }),
  };
  federated.placed.push({ store: destination.store, query: placed });
}

function readsOf({ sql: text }: QueryVariant, input: FederationInput): Outgoing[] {
  const { parse, from, stores, configuration, dialect } = input;
  if (dialect === 'postgres' && !from?.foreignTables?.length && !MAY_LEAVE.test(text)) return [];
  const { statements } = parse(text);
  const lead = (side: OtherSide, onlyNamed = false): Destination | null => destinationOf(side, from, stores, configuration, onlyNamed);
  const functions = statements.flatMap(({ statement }) => federatedReads(statement));
  const bySql = functions.flatMap((read): Outgoing[] => {
    const destination = lead(read);
    if (!destination) return [];
    const sql = read.wholeTable ? columnsOf(read, statements, destination.store) : read.sql;
    const side = nameOfSide(read);
    return [{ sql, wholeTable: read.wholeTable, via: plainText(`${read.via.toUpperCase()}${side === null ? '' : ` through ${side}`}`), behind: read.via, destination }];
  });
  return [...bySql, ...executed(text, input, lead), ...ofAttached(text, statements, lead), ...ofForeignTables(text, statements, from, lead)];
}

function columnsOf(read: FederatedRead, statements: readonly ParsedStatement[], store: StoreSnapshot): string {
  const name = read.sql.slice('SELECT * FROM '.length);
  const [table = '', schema] = name.replaceAll('"', '').split('.').reverse();
  const relation = store.catalog.relations.find((known) => known.name === table && (schema === undefined || known.schema === schema));
  return `SELECT ${columnsRead(statements, relation?.columns.map((column) => column.name) ?? [])} FROM ${name}`;
}

/** SQL that runs as a literal reads the store that its statement runs on, or the linked server that it names. */
function executed(text: string, { from }: FederationInput, lead: (side: OtherSide) => Destination | null): Outgoing[] {
  return executedLiterals(text).flatMap((read): Outgoing[] => {
    const destination = read.connection === null ? from && { store: from, guess: null } : lead({ ...read, engine: null });
    return destination ? [{ sql: read.sql, wholeTable: false, via: 'EXECUTE of a literal', behind: null, destination }] : [];
  });
}

/** `pg.app.case_file`, where `pg` is an attached database or a catalogue that is called like the store. */
function ofAttached(text: string, statements: readonly ParsedStatement[], lead: (side: OtherSide, onlyNamed?: boolean) => Destination | null): Outgoing[] {
  const attached = attachedDatabases(text);
  const used = usedCatalog(text);
  const byCatalog = new Map<string, TableReference[]>();
  const schemas = new Map<TableReference, string | null>();
  for (const reference of statements.flatMap(({ statement }) => tableReferences(statement))) {
    const place = placeInCatalogue(reference, attached, used);
    if (place === null) continue;
    schemas.set(reference, place.schema);
    byCatalog.set(place.catalog, [...(byCatalog.get(place.catalog) ?? []), reference]);
  }
  return [...byCatalog].flatMap(([catalog, references]): Outgoing[] => {
    const known = attached.get(catalog);
    const destination = known ? lead({ ...known, connection: null }) : lead({ engine: null, connection: catalog, host: null, database: null }, true);
    if (!destination) return [];
    return throughNames(text, statements, references, destination, `catalogue ${catalog}`, (reference) => [schemas.get(reference) ?? reference.schema, reference.name]);
  });
}

/** DuckDB takes `pg.case_file` for a table of the database `pg` too, and after `USE pg` every name for one of it. */
function placeInCatalogue({ catalog, schema }: TableReference, attached: ReadonlyMap<string, unknown>, used: ReturnType<typeof usedCatalog>): { catalog: string; schema: string | null } | null {
  if (catalog !== null) return { catalog, schema };
  if (schema !== null && attached.has(schema)) return { catalog: schema, schema: null };
  if (used === null || !attached.has(used.catalog)) return null;
  return { catalog: used.catalog, schema: schema ?? used.schema };
}

function ofForeignTables(text: string, statements: readonly ParsedStatement[], from: StoreSnapshot | null, lead: (side: OtherSide) => Destination | null): Outgoing[] {
  const tables = from?.foreignTables ?? [];
  if (tables.length === 0) return [];
  const references = statements.flatMap(({ statement }) => tableReferences(statement));
  return tables.flatMap((table): Outgoing[] => {
    const own = references.filter(({ catalog, schema, name }) => catalog === null && name === table.name && (schema === null || schema === table.schema));
    const destination = own.length === 0 ? null : lead(sideOf(table));
    if (!destination) return [];
    return throughNames(text, statements, own, destination, `foreign table ${table.schema}.${table.name} of server ${table.server}`, () => [table.remoteSchema ?? table.schema, table.remoteName]);
  });
}

function sideOf({ wrapper, server, host, port, database }: ForeignTable): OtherSide {
  const engine = wrapper.startsWith('postgres') || wrapper.startsWith('dblink') ? 'postgres' : wrapper.startsWith('mysql') ? 'mysql' : wrapper.startsWith('tds') ? 'tsql' : null;
  const place = host === null ? null : port === null ? host : `${host}:${port}`;
  return { engine, connection: database === null && host === null ? server : null, host: place, database };
}

/**
 * The statement as the other side would read it, under its own names. Where a statement joins relations of both sides, or
 * several stand in one text, only the columns that it reads of each are asked for.
 */
function throughNames(
  text: string,
  statements: readonly ParsedStatement[],
  references: readonly TableReference[],
  destination: Destination,
  via: string,
  nameOf: (reference: TableReference) => [schema: string | null, name: string],
): Outgoing[] {
  const [only, another] = statements;
  const tables = only && !another ? tableReferences(only.statement) : [];
  const outgoing = { wholeTable: false, via: plainText(via), behind: null, destination };
  if (only && tables.length > 0 && tables.every((table) => references.includes(table))) {
    const sql = withNames(text, references.map((reference) => ({ reference, name: nameOf(reference) })));
    if (sql !== null) return [{ ...outgoing, sql }];
  }
  const names = new Map(references.map((reference) => [nameOf(reference).join('.'), nameOf(reference)]));
  return [...names.values()].map(([schema, name]) => {
    const relation = destination.store.catalog.relations.find((known) => known.name === name && (schema === null || known.schema === schema));
    const columns = columnsRead(statements, relation?.columns.map((column) => column.name) ?? []);
    return { ...outgoing, wholeTable: true, sql: `SELECT ${columns} FROM ${[schema, name].filter((part) => part !== null).map(quoted).join('.')}` };
  });
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
