import { z } from 'zod';
import type { DescribedRelation, DescribedSource, RelationFacts, RelationName } from '../description.js';
import { HttpLiveSession } from '../http/session.js';
import { StatementFailed } from '../http/failure.js';
import type { LiveBounds, LiveSession } from '../live.js';
import { isQuery } from '../shared/describe.js';
import { loadSql } from '../sql/load.js';
import { PermissionGap } from '../store.js';
import { likeName, quoteName, quoteText, schemaParts } from './names.js';

const objectRow = z.object({ name: z.string(), kind: z.string() });
const columnRow = z.object({ name: z.string(), type: z.string(), kind: z.string(), 'null?': z.string(), 'primary key': z.string().nullish(), 'policy name': z.string().nullish() });
const policyRow = z.object({ kind: z.string() });
const factsRow = z.object({ schema: z.string(), name: z.string(), rows: z.number().nullable(), bytes: z.number().nullable(), modified_at: z.number().nullable() });

const KINDS: Readonly<Record<string, DescribedRelation['kind']>> = { VIEW: 'view', MATERIALIZED_VIEW: 'materialized_view', 'MATERIALIZED VIEW': 'materialized_view', EXTERNAL_TABLE: 'foreign_table', 'EXTERNAL TABLE': 'foreign_table' };

/** SHOW and DESCRIBE, which need no warehouse; only the look for row access policies does, and where it is refused they are unknown. */
export async function describeRelation(session: LiveSession, source: DescribedSource, bounds?: LiveBounds): Promise<DescribedRelation | null> {
  if (isQuery(source)) return describeQuery(session, source.query, bounds);
  const place = schemaParts(source, session.identity().database);
  const schema = `${quoteName(place.database)}.${quoteName(place.schema)}`;
  const relation = `${schema}.${quoteName(source.name)}`;
  const sql = (file: string, values: Record<string, string>): string => loadSql('snowflake', file, session.version_num, values);
  const objects = await session.query(objectRow, sql('describe_objects', { pattern: likeName(source.name), schema }), bounds).catch(absent);
  const object = objects?.find(({ name }) => name === source.name);
  if (!object) return null;
  const columns = (await session.query(columnRow, sql('describe_columns', { relation }), bounds)).filter(({ kind }) => kind === 'COLUMN');
  const policies = await session.query(policyRow, sql('describe_policies', { database: quoteName(place.database), relation_text: quoteText(relation), domain: quoteText(/VIEW/.test(object.kind) ? 'VIEW' : 'TABLE') }), bounds).catch((error: unknown) => {
    if (error instanceof PermissionGap || error instanceof StatementFailed) return null;
    throw error;
  });
  const primary = columns.filter((column) => column['primary key'] === 'Y').map(({ name }) => name);
  return {
    kind: KINDS[object.kind] ?? 'table',
    columns: columns.map((column) => ({ name: column.name, type: column.type, nullable: column['null?'] !== 'N', ...(column['policy name'] ? { masked: true as const } : {}) })),
    keys: primary.length === 0 ? [] : [{ columns: primary, enforced: false }],
    hidesRows: policies?.some(({ kind }) => kind === 'ROW_ACCESS_POLICY') ?? false,
    ...(policies === null ? { policiesUnknown: true as const } : {}),
    suffix: '',
  };
}

async function describeQuery(session: LiveSession, query: string, bounds?: LiveBounds): Promise<DescribedRelation | null> {
  const columns = session instanceof HttpLiveSession ? await session.columns(query, bounds) : null;
  return columns === null ? null : { kind: 'query', columns, keys: [], hidesRows: false, suffix: '' };
}

/** Snowflake says of a schema that is not there the same as of one that this role may not see. */
function absent(error: unknown): null {
  if (error instanceof PermissionGap && /does not exist/i.test(error.detail)) return null;
  throw error;
}

/** One statement for each database. Rows are exact: Snowflake counts them when it writes. */
export async function readRelationFacts(session: LiveSession, relations: readonly RelationName[], bounds?: LiveBounds): Promise<RelationFacts[]> {
  const byDatabase = new Map<string, { asked: RelationName; schema: string }[]>();
  for (const relation of relations) {
    const { database, schema } = schemaParts(relation, session.identity().database);
    byDatabase.set(database, [...(byDatabase.get(database) ?? []), { asked: relation, schema }]);
  }
  const facts: RelationFacts[] = [];
  for (const [database, wanted] of byDatabase) {
    const list = wanted.map(({ asked, schema }) => `(${quoteText(schema)}, ${quoteText(asked.name)})`).join(', ');
    const rows = await session.query(factsRow, loadSql('snowflake', 'relation_facts', session.version_num, { database: quoteName(database), relations: list }), bounds);
    for (const row of rows) {
      const found = wanted.find(({ asked, schema }) => schema === row.schema && asked.name === row.name);
      if (found) facts.push({ ...found.asked, rows: row.rows, rowsExact: row.rows !== null, bytes: row.bytes, modified_at: row.modified_at });
    }
  }
  return facts;
}
