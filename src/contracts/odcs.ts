import { stringify } from 'yaml';
import type { StoreBoundary } from '../graph/boundary.js';
import type { DataProductConfiguration } from '../model/configuration.js';
import { relationKey } from '../sql/schema-index.js';
import { plainText } from '../text/plain-text.js';
import type { PersonalColumns } from './needs.js';
import type { Plan } from './plan.js';

/** The logical types of the Open Data Contract Standard 3.1. */
type LogicalType = 'string' | 'date' | 'timestamp' | 'time' | 'number' | 'integer' | 'object' | 'array' | 'boolean';

/** Tested in this order against the type as the database declares it. */
const LOGICAL_TYPES: readonly (readonly [RegExp, LogicalType])[] = [
  [/\[\]$|^array/, 'array'],
  [/^(?:(?:small|big)?(?:int|serial)|integer|int[248])$/, 'integer'],
  [/^numeric|^decimal|^real|^double|^float|^money/, 'number'],
  [/^timestamp/, 'timestamp'],
  [/^date$/, 'date'],
  [/^time/, 'time'],
  [/^bool/, 'boolean'],
  [/^jsonb?$|^hstore/, 'object'],
];

export interface OdcsInput {
  plan: Plan;
  /** What the rows are, in words. */
  concept: string;
  owner: string | null;
  /** Database roles that read the view. */
  roles: readonly string[];
  boundary: StoreBoundary;
  personal: PersonalColumns;
  products: readonly DataProductConfiguration[];
}

/** The data contract of a view as a file of the Open Data Contract Standard 3.1.0 (bitol-io/open-data-contract-standard, v3.1.0). */
export function odcsFile(input: OdcsInput): { file: string; text: string } {
  const { plan, concept, owner, roles } = input;
  const contract = {
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id: `${plan.schema}.${plan.name}`,
    name: plan.name,
    version: `${plan.version}.0.0`,
    status: plan.exists ? 'active' : 'proposed',
    description: {
      purpose: `One row for each ${concept}, for consumers outside the team that owns ${relationKey(plan.relation)}.`,
      ...(plan.conditions.size === 0 ? {} : { limitations: `Only rows with ${[...plan.conditions.keys()].join(' and ')}.` }),
    },
    ...serversOf(input),
    schema: [{
      name: plan.name,
      physicalName: `${plan.schema}.${plan.name}`,
      physicalType: 'view',
      logicalType: 'object',
      dataGranularityDescription: `one row for each ${concept}`,
      properties: propertiesOf(input),
    }],
    ...(owner === null ? {} : { team: { name: plainText(owner) } }),
    ...(roles.length === 0 ? {} : { roles: roles.map((role) => ({ role, access: 'read' })) }),
    ...slaOf(input),
  };
  return { file: `${plan.name}.odcs.yaml`, text: stringify(contract, { lineWidth: 120 }) };
}

/** The standard wants host, port, database and schema of a PostgreSQL server: without its address there is none to tell. */
function serversOf({ boundary: { store }, plan }: OdcsInput): object {
  if (store.address === undefined) return {};
  const { host, port } = store.address;
  return { servers: [{ server: store.name, type: 'postgres', host, port, database: store.database, schema: plan.schema }] };
}

function propertiesOf({ plan, boundary, personal }: OdcsInput): object[] {
  const { relation } = plan;
  const { constraints } = boundary.store.catalog;
  const given = new Set(plan.columns.map(({ source }) => source));
  const key = constraints.find(({ kind, schema, relation: of }) => kind === 'primary_key' && schema === relation.schema && of === relation.name)?.columns ?? [];
  const isWhole = key.every((column) => given.has(column));
  const unique = new Set(constraints.flatMap(({ kind, schema, relation: of, columns }) => (kind === 'unique' && schema === relation.schema && of === relation.name && columns.length === 1 ? columns : [])));
  const byName = new Map(relation.columns.map((column) => [column.name, column]));
  return plan.columns.flatMap(({ name, source }) => {
    const column = byName.get(source);
    if (column === undefined) return [];
    const known = personal.get(`${relationKey(relation)}.${source}`);
    const position = isWhole ? key.indexOf(source) : -1;
    return [{
      name,
      physicalName: name,
      logicalType: logicalType(column.type),
      physicalType: column.type,
      required: !column.nullable,
      ...(position === -1 ? {} : { primaryKey: true, primaryKeyPosition: position + 1 }),
      ...(unique.has(source) ? { unique: true } : {}),
      ...(column.comment === null ? {} : { description: plainText(column.comment, 500) }),
      ...(known === undefined ? {} : { classification: 'pii', tags: ['pii', known.kind] }),
    }];
  });
}

/** What a column of a database is to the standard; text is what fits everything. */
export function logicalType(type: string): LogicalType {
  const folded = type.toLowerCase();
  return LOGICAL_TYPES.find(([form]) => form.test(folded))?.[1] ?? 'string';
}

/** A view is as old as what it reads; more than that is only promised where the configuration does. */
function slaOf({ plan, boundary, products }: OdcsInput): object {
  const relations = new Set([relationKey(plan.relation), `${plan.schema}.${plan.name}`]);
  const promises = products.flatMap(({ relation, store, objective }) => {
    if (relation === null || !relations.has(relation) || objective === null || (store !== null && store !== boundary.store.name)) return [];
    return [{ property: 'latency', value: objective.within_seconds, unit: 's', element: plan.name }];
  });
  return promises.length === 0 ? {} : { slaProperties: promises };
}
