import type { Catalog } from '../model/catalog.js';
import type { ContractRegistry, DeclaredContract } from '../model/contract.js';
import type { ColumnDeclaration } from '../model/personal-column.js';
import type { SessionLooks } from '../model/pressure.js';
import type { Snapshot, StoreSnapshot } from '../model/snapshot.js';
import { locatePersonalData } from '../privacy/literal.js';
import { maskStatementOf } from './mask-dialect.js';
import { Pseudonyms } from './pseudonym.js';
import { redactAsserted } from './redact-metric.js';
import { redactControl } from './redact-control.js';
import { redactQuery } from './redact-query.js';
import { applyReplacements, redactProse, redactSql } from './redact-text.js';

/** Settings of these extensions and of the server are words and numbers; others may hold an application's secrets. */
const KNOWN_SETTING = /^(auto_explain\.|pg_hint_plan\.|pg_stat_statements\.|pgaudit\.|plan_filter\.|plpgsql\.|[^.]+$)/;

/**
 * The snapshot as it may leave this machine. Production statements lose every literal; dashboards and definitions keep
 * theirs, except those that are personal data or secrets, which become keyed hashes of the same length (see `Pseudonyms`).
 * Titles, owners and names of relations and roles stay: they are what findings name.
 */
export function redactSnapshot(snapshot: Snapshot): Snapshot {
  const pseudonyms = new Pseudonyms();
  return {
    ...snapshot,
    stores: snapshot.stores.map((store) => redactStore(store, pseudonyms)),
    queries: snapshot.queries.map((query) => redactQuery(query, pseudonyms)),
    ...(snapshot.contracts ? { contracts: snapshot.contracts.map((contract) => redactContract(contract, pseudonyms)) } : {}),
    ...(snapshot.columnDeclarations ? { columnDeclarations: snapshot.columnDeclarations.map((declared) => redactColumnDeclaration(declared, pseudonyms)) } : {}),
  };
}

function redactContract(contract: DeclaredContract, pseudonyms: Pseudonyms): DeclaredContract {
  const prose = (text: string | null): string | null => (text === null ? null : redactProse(text, pseudonyms));
  const relations = contract.relations.map((relation) => ({
    ...relation,
    columns: relation.columns.map((column) => ({
      ...column,
      classification: prose(column.classification),
      ...(column.type === undefined ? {} : { type: redactProse(column.type, pseudonyms) }),
    })),
    ...(relation.asserts ? { asserts: relation.asserts.map((asserted) => redactAsserted(asserted, pseudonyms)) } : {}),
  }));
  return { ...contract, version: prose(contract.version), status: prose(contract.status), relations };
}

function redactColumnDeclaration(declared: ColumnDeclaration, pseudonyms: Pseudonyms): ColumnDeclaration {
  return { ...declared, words: redactProse(declared.words, pseudonyms), by: redactProse(declared.by, pseudonyms) };
}

/** Its rows are what somebody typed: whatever is no name of a view, a column or an owner may hold anything. */
function redactRegistry(registry: ContractRegistry, pseudonyms: Pseudonyms): ContractRegistry {
  const prose = (text: string | null): string | null => (text === null ? null : redactProse(text, pseudonyms));
  const rows = registry.rows.map((row) => ({
    ...row,
    version: prose(row.version),
    policy: prose(row.policy),
    columns: row.columns?.map((column) => ({ ...column, type: prose(column.type) })) ?? null,
  }));
  return { ...registry, rows };
}

function redactStore(store: StoreSnapshot, pseudonyms: Pseudonyms): StoreSnapshot {
  return {
    ...store,
    catalog: redactCatalog(store.catalog, pseudonyms),
    ...(store.activity ? { activity: store.activity.map((seen) => named(seen, pseudonyms)) } : {}),
    ...(store.starts ? { starts: store.starts.map((seen) => named(seen, pseudonyms)) } : {}),
    ...(store.sessionLooks ? { sessionLooks: redactLooks(store.sessionLooks, pseudonyms) } : {}),
    ...(store.contractRegistry ? { contractRegistry: redactRegistry(store.contractRegistry, pseudonyms) } : {}),
    ...(store.control ? { control: redactControl(store.control, pseudonyms) } : {}),
    statements: store.statements.map((statement) => ({
      ...statement,
      text: statement.text === null ? null : maskStatementOf(store.engine, statement.text),
    })),
  };
}

/** What a client calls itself is free text: `psql anna@example.org`. */
function named<T extends { application: string }>(seen: T, pseudonyms: Pseudonyms): T {
  return { ...seen, application: redactProse(seen.application, pseudonyms) };
}

function redactLooks(looks: SessionLooks, pseudonyms: Pseudonyms): SessionLooks {
  return {
    ...looks,
    sessions: looks.sessions.map((session) => ({ ...named(session, pseudonyms), blockedBy: session.blockedBy.map((blocker) => named(blocker, pseudonyms)) })),
    // Names of prepared transactions are the application's own, and standbys name themselves.
    holders: looks.holders.map((holder) => ({ ...holder, name: redactProse(holder.name, pseudonyms) })),
  };
}

function redactCatalog(catalog: Catalog, pseudonyms: Pseudonyms): Catalog {
  const sql = (text: string | null): string | null => (text === null ? null : redactSql(text, pseudonyms));
  const prose = (text: string | null): string | null => (text === null ? null : redactProse(text, pseudonyms));
  const settings = (values: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, KNOWN_SETTING.test(name) ? redactProse(value, pseudonyms) : '?']));
  return {
    ...catalog,
    relations: catalog.relations.map((relation) => ({
      ...relation,
      comment: prose(relation.comment),
      definition: sql(relation.definition),
      columns: relation.columns.map((column) => ({
        ...column,
        comment: prose(column.comment),
        label: prose(column.label),
        enumValues: column.enumValues?.map((value) => redactValue(value, pseudonyms)) ?? null,
        ...(column.generated === undefined ? {} : { generated: redactSql(column.generated, pseudonyms) }),
        ...(column.default === undefined ? {} : { default: redactSql(column.default, pseudonyms) }),
      })),
    })),
    constraints: catalog.constraints.map((constraint) => ({ ...constraint, expression: sql(constraint.expression) })),
    indexes: catalog.indexes.map((index) => ({ ...index, predicate: sql(index.predicate) })),
    functions: catalog.functions.map((stored) => ({ ...stored, body: sql(stored.body) })),
    policies: catalog.policies.map((policy) => ({ ...policy, using: sql(policy.using) })),
    publications: catalog.publications.map((publication) => ({
      ...publication,
      tables: publication.tables.map((table) => ({ ...table, rowFilter: sql(table.rowFilter) })),
    })),
    roles: catalog.roles.map((role) => ({ ...role, settings: settings(role.settings) })),
    settings: settings(catalog.settings),
  };
}

function redactValue(value: string, pseudonyms: Pseudonyms): string {
  const replacements = locatePersonalData(value).map(({ kind, start, end }) => ({
    start,
    text: pseudonyms.marker(kind, value.slice(start, end)),
  }));
  return applyReplacements(value, replacements);
}
