import { z } from 'zod';
import type { DescribedRelation, DescribedSource, RelationFacts, RelationName } from '../description.js';
import { StatementFailed } from '../http/failure.js';
import type { LiveBounds, LiveSession } from '../live.js';
import { isQuery } from '../shared/describe.js';
import { PermissionGap } from '../store.js';
import { fieldSchema } from './answer.js';
import { datasetParts } from './names.js';
import { columnsOf } from './runner.js';
import { BigQuerySession } from './session.js';

/** REST, tables.get: free, and of the table as it is now. */
const tableResource = z.object({
  type: z.string().nullish(),
  schema: z.object({ fields: z.array(fieldSchema).nullish() }).nullish(),
  tableConstraints: z.object({ primaryKey: z.object({ columns: z.array(z.string()) }).nullish() }).nullish(),
});
const factsResource = z.object({
  type: z.string().nullish(), numRows: z.string().nullish(), numBytes: z.string().nullish(), lastModifiedTime: z.string().nullish(), streamingBuffer: z.object({ estimatedRows: z.string().nullish() }).nullish(),
});
const policies = z.object({ rowAccessPolicies: z.array(z.unknown()).nullish() });

const KINDS: Readonly<Record<string, DescribedRelation['kind']>> = { VIEW: 'view', MATERIALIZED_VIEW: 'materialized_view', EXTERNAL: 'foreign_table' };

/** By the API itself, which is free; the columns of a query by a dry run. */
export async function describeRelation(session: LiveSession, source: DescribedSource, bounds?: LiveBounds): Promise<DescribedRelation | null> {
  if (!(session instanceof BigQuerySession)) return null;
  if (isQuery(source)) {
    const columns = await session.columns(source.query, bounds);
    return columns === null ? null : { kind: 'query', columns, keys: [], hidesRows: false, suffix: '' };
  }
  const path = tablePath(session, source);
  const table = await session.resource(tableResource, path, { fields: 'type,schema,tableConstraints' }, bounds);
  if (table === null) return null;
  const columns = columnsOf(table.schema?.fields ?? []);
  const hidesRows = await hasRowPolicies(session, path, bounds);
  const primary = table.tableConstraints?.primaryKey?.columns ?? [];
  return {
    kind: KINDS[table.type ?? ''] ?? 'table',
    columns,
    keys: primary.length === 0 ? [] : [{ columns: primary, enforced: false }],
    hidesRows: hidesRows ?? false,
    ...(hidesRows === null ? { policiesUnknown: true as const } : {}),
    suffix: '',
  };
}

/** Null for who may not list policies (bigquery.rowAccessPolicies.list). */
async function hasRowPolicies(session: BigQuerySession, path: string, bounds: LiveBounds | undefined): Promise<boolean | null> {
  try {
    const found = await session.resource(policies, `${path}/rowAccessPolicies`, { pageSize: '1' }, bounds);
    return found === null ? null : (found.rowAccessPolicies ?? []).length > 0;
  } catch (error) {
    if (error instanceof PermissionGap || error instanceof StatementFailed) return null;
    throw error;
  }
}

/** One free request for each relation. Rows still in the streaming buffer are not counted, and then the count is no exact one. */
export async function readRelationFacts(session: LiveSession, relations: readonly RelationName[], bounds?: LiveBounds): Promise<RelationFacts[]> {
  if (!(session instanceof BigQuerySession)) return [];
  const facts: RelationFacts[] = [];
  for (const relation of relations) {
    const table = await session.resource(factsResource, tablePath(session, relation), { fields: 'type,numRows,numBytes,lastModifiedTime,streamingBuffer' }, bounds);
    // A view keeps none of its own: its numbers are zero.
    if (table === null || table.type === 'VIEW' || table.type === 'EXTERNAL') continue;
    facts.push({
      schema: relation.schema, name: relation.name, rows: numberOf(table.numRows), rowsExact: table.numRows != null && table.streamingBuffer == null, bytes: numberOf(table.numBytes),
      modified_at: table.lastModifiedTime == null ? null : Number(table.lastModifiedTime) / 1000,
    });
  }
  return facts;
}

function tablePath(session: BigQuerySession, relation: RelationName): string {
  const { project, dataset } = datasetParts(relation, session.address.dataProject);
  return `${encodeURIComponent(project)}/datasets/${encodeURIComponent(dataset)}/tables/${encodeURIComponent(relation.name)}`;
}

function numberOf(text: string | null | undefined): number | null {
  return text == null ? null : Number(text);
}
