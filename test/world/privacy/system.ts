import { audit, privacyOf } from '../../../src/audit.js';
import type { Role } from '../../../src/model/catalog.js';
import type { Configuration } from '../../../src/model/configuration.js';
import type { ColumnDeclaration, PersonalColumn, PrivacyReport } from '../../../src/model/personal-column.js';
import type { CollectedQuery } from '../../../src/model/query.js';
import type { Snapshot, StoreSnapshot } from '../../../src/model/snapshot.js';
import { loadRules } from '../../../src/rules/load.js';
import { applyMigrations, readMigrations } from '../../../src/migrations/index.js';
import { redactSnapshot } from '../../../src/snapshot/redact.js';
import { emptyCatalog } from '../../../src/sql/catalog.js';
import { card, configuration, role, statistics, store } from '../../support/estate.js';

/** One store of a system that was thought up, by its schema and what ran on it. */
export interface SystemStore {
  name: string;
  role: StoreSnapshot['role'];
  engine?: StoreSnapshot['engine'];
  ddl: string;
  roles?: Role[];
  /** `schema.table.column` → its security label. */
  labels?: Record<string, string>;
  /** Statements by role. */
  ran?: Record<string, string[]>;
}

export interface System {
  stores: SystemStore[];
  zones?: Configuration['zones'];
  declarations?: ColumnDeclaration[];
  queries: CollectedQuery[];
}

/** A system with everything that is to be found in it, written down before it was looked at. */
export interface JudgedSystem extends System {
  /** `rule | consumer | relation`, of rules on privacy, each with why. */
  findings: readonly (readonly [finding: string, why: string])[];
  /** What stands where first, then `> ` its copies and `= ` its uses. */
  journeys: Readonly<Record<string, readonly string[]>>;
}

/** A card of a dashboard; its store by the name of its connection. */
export function shows(tool: string, number: number, title: string, on: string, sql: string, more: Partial<CollectedQuery> = {}): CollectedQuery {
  const ids: Record<string, string> = { superset: 'superset:chart', metabase: 'metabase:saas:card', redash: 'redash:query' };
  return card(sql, {
    id: `${ids[tool] ?? tool}:${number}`, kind: tool, title, container: null, owners: [], connection: { id: null, name: on, engine: null, host: null, database: null },
    origin: { file: `${tool}/${number}.json`, pointer: '/sql', line: 1, column: 1 }, ...more,
  });
}

/** A model of dbt. */
export function model(on: string, schema: string, name: string, sql: string, materialization = 'table'): CollectedQuery {
  return card(sql, {
    id: `dbt:model.${name}`, kind: 'dbt', role: 'relation', title: name, container: null, owners: [], connection: { id: null, name: on, engine: null, host: null, database: null },
    origin: { file: `models/${name}.sql`, pointer: '', line: 1, column: 1 }, builds: { schema, name, materialization },
  });
}

export interface Given {
  snapshot: Snapshot;
  settings: Configuration;
}

export async function given({ stores, zones = [], declarations = [], queries }: System): Promise<Given> {
  const made = await Promise.all(stores.map(async ({ name, role: is, engine = 'postgres', ddl, roles = [], labels = {}, ran = {} }) => {
    // As migrations are read: policies, privileges and publications count here.
    const { after: catalog } = await applyMigrations(emptyCatalog(), await readMigrations([{ path: 'schema.sql', text: ddl }]));
    for (const relation of catalog.relations) for (const column of relation.columns) column.label = labels[`${relation.schema}.${relation.name}.${column.name}`] ?? column.label;
    const missing = Object.keys(ran).filter((by) => !roles.some((known) => known.name === by)).map((by) => role(by));
    const statements = Object.entries(ran).flatMap(([by, texts]) => texts.map((text) => statistics(text, { role: by, database: name })));
    return store({ ...catalog, roles: [...catalog.roles, ...roles, ...missing] }, { name, role: is, engine, database: is === 'replica' ? (stores[0]?.name ?? name) : name, inRecovery: is === 'replica', statements, ...(engine === 'postgres' ? {} : { statementWindow: null }) });
  }));
  const settings = configuration({ zones, stores: made.map(({ name, role: is, engine }) => ({ name, role: is, engine, url: null, match: [{ name }] })) });
  return { settings, snapshot: redactSnapshot({ takenAt: '2026-09-01T08:00:00.000Z', stores: made, queries, sources: [], gaps: [], columnDeclarations: declarations }) };
}

/** Findings of rules on privacy as `rule | consumer | relation`, sorted. */
export async function findingsOf({ snapshot, settings }: Given): Promise<string[]> {
  const { findings } = await audit(snapshot, settings, await loadRules(), '0.0.0');
  return findings.filter(({ area }) => area === 'privacy').map(({ ruleId, consumer, relation, store: where }) => `${ruleId} | ${consumer} | ${where} ${relation}`.replace('|  |', '| - |')).sort();
}

export async function privacy({ snapshot, settings }: Given): Promise<PrivacyReport> {
  return (await privacyOf(snapshot, settings, '0.0.0')).privacy;
}

/** Journeys as a judge writes them down: where a value stands first and what it is, then its copies and uses. */
export function journeysOf({ columns }: Pick<PrivacyReport, 'columns'>): Record<string, string[]> {
  return Object.fromEntries(columns.map((column) => [`${placeOf(column.place)} ${column.kind}`, [...column.copies.map(copyOf), ...column.uses.map(useOf)].sort()]));
}

const placeOf = ({ store: where, relation, column }: PersonalColumn['place']): string => `${where} ${relation}.${column}`;

function copyOf({ place, mask, via, confidence }: PersonalColumn['copies'][number]): string {
  const sure = confidence >= 0.95 ? 'certain' : confidence >= 0.75 ? 'likely' : 'guessed';
  return `> ${placeOf(place)} ${mask} ${via} ${sure}`;
}

function useOf({ consumer, use, mask, audience, exported }: PersonalColumn['uses'][number]): string {
  return ['=', consumer, use, mask, ...(audience === 'inside' ? [] : [audience]), ...(exported === null ? [] : ['exported'])].join(' ');
}
