import { z } from 'zod';
import type { CollectedQuery, ConnectionReference, Container, Owner } from '../../model/query.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { pointerStep } from '../common/json-position.js';
import { certaintyOf, isObject } from '../common/json.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf, titleOf } from '../common/words.js';
import type { ReadContext } from '../source.js';
import { neutraliseCustomSql } from './custom-sql.js';

const ID = 'tableau';
/** `{ data: { customSQLTablesConnection: { nodes: [...] } } }`, and a dump of several answers around it. */
const WRAPPER_DEPTH_MAX = 4;

const text = z.string().nullish().catch(null);
const list = z.array(z.unknown()).nullish().catch(null);
const database = z.object({ id: text, luid: text, name: text, connectionType: text, hostName: text }).nullish().catch(null);

/** `CustomSQLTable` of the Metadata API's schema, as far as it is read. */
const customSqlShape = z.object({
  id: text,
  luid: text,
  name: text,
  query: text,
  description: text,
  connectionType: text,
  database,
  tables: list,
  downstreamWorkbooks: list,
  downstreamDatasources: list,
});
const tableShape = z.object({ database, connectionType: text });
const contentShape = z.object({
  id: text,
  luid: text,
  name: text,
  projectName: text,
  hasExtracts: z.boolean().nullish().catch(null),
  owner: z.object({ name: text, email: text, username: text }).nullish().catch(null),
});
type Content = z.infer<typeof contentShape>;

/** A view of the REST interface (`GET /sites/:id/views?includeUsageStatistics=true`). */
const viewShape = z.object({
  workbook: z.object({ id: text }).nullish().catch(null),
  usage: z.object({ totalViewCount: z.union([z.string(), z.number()]).nullish().catch(null) }).nullish().catch(null),
});

interface Entry {
  table: z.infer<typeof customSqlShape>;
  file: SourceFile;
  pointer: string;
}

/** How surely a document is an answer of a Tableau server. */
export function metadataCertainty(json: unknown): number {
  return certaintyOf(json, (value) => {
    if (!isObject(value)) return 0;
    if (tablesOf(value).length > 0) return 0.9;
    const { views } = value;
    const [view]: unknown[] = isObject(views) && Array.isArray(views['view']) ? views['view'] : [];
    return isObject(view) && isObject(view['usage']) && isObject(view['workbook']) ? 0.7 : 0;
  });
}

/** The lists of custom SQL tables that an object holds, with their pointers. */
function tablesOf(value: Record<string, unknown>): { items: unknown[]; pointer: string }[] {
  const found: { items: unknown[]; pointer: string }[] = [];
  const { customSQLTables: plain, customSQLTablesConnection: paged } = value;
  if (Array.isArray(plain)) found.push({ items: plain, pointer: '/customSQLTables' });
  if (isObject(paged) && Array.isArray(paged['nodes'])) found.push({ items: paged['nodes'], pointer: '/customSQLTablesConnection/nodes' });
  return found;
}

/** What answers of a Tableau server tell: custom SQL, and how often workbooks are looked at. */
export class MetadataReader {
  readonly entries = new Map<string, Entry>();
  /** Views by the workbook's luid. */
  readonly #views = new Map<string, number>();

  constructor(
    files: readonly SourceFile[],
    readonly context: ReadContext,
  ) {
    for (const file of files) this.#visit(file, file.json, '', 0);
  }

  usageOf(workbooks: readonly Content[]): CollectedQuery['usage'] {
    const known = workbooks.flatMap(({ luid }) => this.#views.get(luid ?? '') ?? []);
    return known.length === 0 ? null : { views: known.reduce((sum, views) => sum + views, 0), lastUsedAt: null };
  }

  #visit(file: SourceFile, value: unknown, pointer: string, depth: number): void {
    if (depth > WRAPPER_DEPTH_MAX) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#visit(file, item, `${pointer}/${index}`, depth + 1);
      return;
    }
    if (!isObject(value)) return;
    this.#errors(file, value['errors']);
    this.#usage(value['views']);
    const lists = tablesOf(value);
    for (const { items, pointer: own } of lists) {
      for (const [index, item] of items.entries()) this.#table(file, item, `${pointer}${own}/${index}`);
    }
    if (lists.length > 0) return;
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === 'object') this.#visit(file, inner, pointer + pointerStep(name), depth + 1);
    }
  }

  #table(file: SourceFile, value: unknown, pointer: string): void {
    if (!isObject(value)) return;
    const table = customSqlShape.parse(value);
    const id = table.luid ?? table.id ?? `${file.path}${pointer}`;
    if (!this.entries.has(id)) this.entries.set(id, { table, file, pointer });
  }

  /** An answer may be a part only: `NODE_LIMIT_EXCEEDED`. */
  #errors(file: SourceFile, errors: unknown): void {
    if (!Array.isArray(errors) || errors.length === 0) return;
    const codes = errors.flatMap((error) => {
      const code = isObject(error) && isObject(error['extensions']) ? error['extensions']['code'] : null;
      return typeof code === 'string' && /^[A-Z_]{1,60}$/.test(code) ? [code] : [];
    });
    const cause = `the Metadata API answered a part only${codes.length === 0 ? '' : ` (${[...new Set(codes)].join(', ')})`}`;
    this.context.gap({ subject: file.path, missing: 'the custom SQL that it left out', cause, remedy: 'read it with an account that sees all content, or the workbooks themselves', severity: 'partial' });
  }

  #usage(views: unknown): void {
    const items = isObject(views) && Array.isArray(views['view']) ? views['view'] : [];
    for (const item of items) {
      if (!isObject(item)) continue;
      const { workbook, usage } = viewShape.parse(item);
      const count = Number(usage?.totalViewCount ?? Number.NaN);
      if (workbook?.id && Number.isFinite(count)) this.#views.set(workbook.id, (this.#views.get(workbook.id) ?? 0) + count);
    }
  }
}

export function customSqlOf(reader: MetadataReader, origins: Origins): CollectedQuery[] {
  return [...reader.entries].map(([id, entry]) => customSqlQuery(id, entry, reader, origins));
}

function customSqlQuery(id: string, { table, file, pointer }: Entry, reader: MetadataReader, origins: Origins): CollectedQuery {
  const { query } = table;
  const workbooks = contentsOf(table.downstreamWorkbooks);
  const datasources = contentsOf(table.downstreamDatasources);
  const contents = [...workbooks, ...datasources];
  const container = containerOf(workbooks) ?? containerOf(datasources);
  const name = table.name ?? 'custom SQL';
  const extracts = contents.flatMap(({ hasExtracts }) => (typeof hasExtracts === 'boolean' ? [hasExtracts] : []));
  return {
    id: `${ID}:metadata:${id}`,
    kind: ID,
    role: 'relation',
    sqlKind: 'statement',
    title: titleOf(container?.title == null ? name : `${container.title}: ${name}`),
    description: descriptionOf(table.description ?? (workbooks.length > 1 ? `Workbooks: ${workbooks.map((workbook) => workbook.name ?? '').join(', ')}.` : null)),
    container,
    owners: ownersOf(contents),
    connection: connectionOf(table) ?? reader.context.connection,
    origin: origins.add(file, typeof query === 'string' ? `${pointer}/query` : pointer),
    raw: typeof query === 'string' && query.length <= TEXT_LENGTH_MAX ? query : '',
    reconstructed: false,
    isPublic: false,
    lifecycle: 'active',
    usage: reader.usageOf(workbooks),
    schedule: extracts.length === 0 ? null : extracts.includes(false) ? 'live' : 'extract',
    ...(typeof query === 'string' && query.trim() !== ''
      ? neutraliseCustomSql(query, new Map())
      : { variants: [], problems: [{ code: 'missing-reference' as const, message: 'the Metadata API gives this custom SQL without its text; the account may not see it' }] }),
  };
}

function contentsOf(items: unknown[] | null | undefined): Content[] {
  return (items ?? []).flatMap((item) => (isObject(item) ? [contentShape.parse(item)] : []));
}

function containerOf(contents: readonly Content[]): Container | null {
  const [first] = contents;
  const id = first?.luid ?? first?.id ?? first?.name ?? null;
  return first === undefined || id === null ? null : { kind: 'workbook', id, title: titleOf(first.name) };
}

function ownersOf(contents: readonly Content[]): Owner[] {
  const names = contents.map(({ owner }) => titleOf(owner?.email) ?? titleOf(owner?.name) ?? titleOf(owner?.username));
  return [...new Set(names.filter((name) => name !== null))].map((name) => ({ name, via: 'owner-field' }));
}

function connectionOf({ database: own, connectionType, tables }: z.infer<typeof customSqlShape>): ConnectionReference | null {
  const table = (tables ?? []).flatMap((item) => (isObject(item) ? [tableShape.parse(item)] : [])).find((item) => item.database || item.connectionType);
  const found = own ?? table?.database ?? null;
  const engine = connectionType ?? own?.connectionType ?? table?.database?.connectionType ?? table?.connectionType ?? null;
  if (found === null && engine === null) return null;
  return { id: found?.luid ?? found?.id ?? null, name: found?.name ?? null, engine, host: found?.hostName ?? null, database: found?.name ?? null };
}
