import { z } from 'zod';
import type { Catalog, Column, Relation } from '../../model/catalog.js';
import type { ContractRegistry, RegisteredContract } from '../../model/contract.js';
import type { Gap } from '../../model/snapshot.js';
import { oneLine, type Reading } from '../store.js';
import { sortedBy } from './order.js';
import { registeredColumns } from './registered-schema.js';

/** Rows of one registry beyond which no more are read. */
export const REGISTRY_ROWS_MAX = 2_000;
/** Longer names, owners and versions are cut; no registry has such. */
export const REGISTRY_WORD_MAX = 300;
/** A longer schema is left out: one that is cut would lack columns. */
export const REGISTRY_SCHEMA_MAX = 200_000;
const NAMES_IN_GAP_MAX = 3;

/** What is read of a registry: never another of its columns. */
export const REGISTRY_PARTS = ['name', 'schema', 'version', 'owner', 'policy', 'definition', 'deprecated'] as const;
export type RegistryPart = (typeof REGISTRY_PARTS)[number];

/**
 * What teams call these columns. `contract_name`, `version`, `owner_team`, `compatibility_policy`, `schema_definition` and
 * `deprecated_at` are those of the registry in Part 066 §13 of the source article.
 */
const PART_NAMES: Record<RegistryPart, readonly string[]> = {
  name: ['contract_name', 'contract', 'contract_id', 'view_name', 'relation_name', 'dataset_name', 'name'],
  schema: ['schema_name', 'view_schema', 'table_schema', 'contract_schema'],
  version: ['version', 'contract_version', 'version_number', 'major_version'],
  owner: ['owner_team', 'owner', 'owning_team', 'team', 'contract_owner', 'owner_name', 'producer_team', 'producer'],
  policy: ['compatibility_policy', 'compatibility', 'compatibility_mode', 'policy', 'evolution_policy'],
  definition: ['schema_definition', 'schema_json', 'json_schema', 'contract_schema_definition', 'column_definitions', 'columns', 'fields', 'definition', 'schema'],
  deprecated: ['deprecated_at', 'deprecated_on', 'deprecation_date', 'deprecated_since', 'deprecated_from', 'sunset_at', 'retired_at'],
};

/** Of a table that is called like a registry, one of these must be there beside name and version; of any other, two. */
const TELLING: readonly RegistryPart[] = ['owner', 'policy', 'definition', 'deprecated'];
const REGISTRY_NAME = /contract|registr/;

/** The table in which a store keeps its registry of contracts, and which of its columns says what. */
export interface FoundRegistry {
  relation: Pick<Relation, 'schema' | 'name' | 'rowSecurity'>;
  columns: Partial<Record<RegistryPart, Column>>;
}

/** The tables that look like a registry of contracts, the likeliest first. Views are none: what they compute has no bound. */
export function findRegistries(catalog: Pick<Catalog, 'relations'>): FoundRegistry[] {
  const found = catalog.relations.flatMap((relation) => {
    if (relation.kind !== 'table' && relation.kind !== 'partitioned_table') return [];
    const columns = partsOf(relation);
    const telling = TELLING.filter((part) => columns[part] !== undefined).length;
    const isNamed = REGISTRY_NAME.test(relation.name.toLowerCase());
    const saysContract = columns.name?.name.toLowerCase().startsWith('contract') === true;
    if (columns.name === undefined || columns.version === undefined) return [];
    if (!(isNamed && telling >= 1 && (saysContract || telling >= 2)) && !(saysContract && telling >= 2)) return [];
    return [{ registry: { relation, columns }, score: telling + (isNamed ? 1 : 0) + (saysContract ? 1 : 0) }];
  });
  return found.toSorted((one, other) => other.score - one.score || compare(one.registry, other.registry)).map(({ registry }) => registry);
}

function compare(one: FoundRegistry, other: FoundRegistry): number {
  return nameOf(one) < nameOf(other) ? -1 : 1;
}

function partsOf({ columns }: Relation): FoundRegistry['columns'] {
  const byName = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  const parts: FoundRegistry['columns'] = {};
  for (const part of REGISTRY_PARTS) {
    const name = PART_NAMES[part].find((candidate) => byName.has(candidate));
    const column = name === undefined ? undefined : byName.get(name);
    if (column !== undefined && (part !== 'name' || isText(column.type))) parts[part] = column;
  }
  return parts;
}

function isText(type: string): boolean {
  return /^(text|character|varchar|citext|name|string)/i.test(type);
}

/** Whether the engine can turn it into seconds: a moment or a day. */
export function isMoment({ type }: Column): boolean {
  return /^(date$|timestamp)/i.test(type);
}

export function nameOf({ relation }: FoundRegistry): string {
  return `${relation.schema}.${relation.name}`;
}

/** One row as the engines send it. */
export const registryRow = z.object({
  name: z.string().nullable(),
  schema: z.string().nullable(),
  version: z.string().nullable(),
  owner: z.string().nullable(),
  policy: z.string().nullable(),
  definition: z.string().nullable(),
  /** True for a schema longer than is read. */
  too_long: z.boolean().nullable(),
  /** Seconds since 1970; null for other forms than moments and days. */
  deprecated_seconds: z.number().nullable(),
  deprecated_text: z.string().nullable(),
});
export type RegistryRow = z.infer<typeof registryRow>;

/** The registry that its rows make, with gaps for what is not understood. Pure. */
export function registryOf(store: string, found: FoundRegistry, given: readonly RegistryRow[]): Reading<ContractRegistry> {
  const gaps: Gap[] = [];
  const gap = (missing: string, cause: string, remedy: string | null): void => void gaps.push({ subject: store, missing, cause, remedy, severity: 'partial' });
  const relation = nameOf(found);
  const isCut = given.length > REGISTRY_ROWS_MAX;
  if (isCut) gap(`the rest of the contract registry ${relation}`, `there are more than ${REGISTRY_ROWS_MAX} rows and tidemark reads no more`, null);
  if (found.relation.rowSecurity) gap(`rows of the contract registry ${relation} that its row security hides`, 'the table has row security, so that not every row may be seen', 'Give the role of tidemark a policy that shows it every row.');
  const unread: string[] = [];
  const rows = given.slice(0, REGISTRY_ROWS_MAX).flatMap((row): RegisteredContract[] => {
    const contract = contractOf(row);
    if (contract === null) return [];
    if (contract.columns === null && (row.too_long === true || (row.definition ?? '').trim() !== '')) unread.push(contract.name);
    return [contract];
  });
  if (unread.length > 0) {
    const more = unread.length - NAMES_IN_GAP_MAX;
    const names = unread.toSorted().slice(0, NAMES_IN_GAP_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '');
    gap(`the registered columns of ${names}`, `${found.columns.definition?.name ?? 'the schema'} in ${relation} holds no list of columns in a form that tidemark knows`, 'Write it as {"columns": [{"name": …, "type": …}]}.');
  }
  const sorted = sortedBy(rows, ({ name, version }) => [name, version ?? '']);
  return { value: { relation, rows: sorted, ...(isCut || found.relation.rowSecurity ? { isPartial: true } : {}) }, gaps };
}

function contractOf(row: RegistryRow): RegisteredContract | null {
  const name = worded(row.name);
  if (name === null) return null;
  const schema = worded(row.schema) ?? '';
  return {
    name: schema === '' || name.includes('.') ? name : `${schema}.${name}`,
    version: worded(row.version),
    owner: worded(row.owner),
    policy: worded(row.policy),
    columns: row.definition === null ? null : registeredColumns(row.definition),
    deprecatedAt: momentOf(row),
  };
}

function worded(text: string | null): string | null {
  const word = oneLine(text ?? '');
  return word === '' ? null : word;
}

/** `infinity` is never; a text counts where it begins with a day as ISO 8601 writes it. */
function momentOf({ deprecated_seconds: seconds, deprecated_text: text }: RegistryRow): string | null {
  if (seconds !== null) {
    const moment = new Date(seconds * 1000);
    return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
  }
  const day = /^\s*(\d{4}-\d{2}-\d{2})/.exec(text ?? '')?.[1];
  const moment = day === undefined ? null : new Date(`${day}T00:00:00Z`);
  return moment === null || Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}

/** What to say of registries besides the one that is read. */
export function otherRegistries(store: string, others: readonly FoundRegistry[]): Gap[] {
  return others.map((other) => ({
    subject: store, missing: `the rows of ${nameOf(other)}, which looks like a contract registry too`, cause: 'tidemark reads one registry of a store', remedy: null, severity: 'partial',
  }));
}
