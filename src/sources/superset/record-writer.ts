import type { MetricDeclaration } from '../../model/metric-declaration.js';
import type { CollectedQuery, ConnectionReference, Container, Owner, Problem, QueryRole, QueryVariant, SqlKind } from '../../model/query.js';
import { TEXT_LENGTH_MAX, VARIANTS_MAX } from '../../template/limits.js';
import type { Neutralised } from '../../template/result.js';
import { compose, Rewriter } from '../../template/rewrite.js';
import { rebuiltVariant } from '../../template/wrap.js';
import { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf } from '../common/words.js';
import type { DatasetEntry } from './inventory.js';
import type { Templates } from './templates.js';

export const ID = 'superset';

/** What an object of Superset gives to every query of it. */
export interface Subject {
  id: string;
  title: string | null;
  description?: string | null;
  container: Container | null;
  owners: Owner[];
  connection: ConnectionReference | null;
  lifecycle?: CollectedQuery['lifecycle'];
  schedule?: string | null;
  /** How it leaves Superset. */
  sent?: Pick<CollectedQuery, 'deliveries' | 'isEmbedded'>;
  /** Of a metric of a dataset; what hinders its SQL is added. */
  declaration?: MetricDeclaration;
}

/** Where a value stands. */
export interface Place {
  file: SourceFile;
  pointer: string;
}

/** A text of a file. */
export interface Text extends Place {
  role: QueryRole;
  kind: SqlKind;
  raw: string;
}

/** Writes records, each under an id of its own. */
export class RecordWriter {
  readonly queries: CollectedQuery[] = [];
  readonly origins = new Origins();
  readonly #ids = new Set<string>();

  constructor(
    readonly templates: Templates,
    readonly fallback: ConnectionReference | null,
  ) {}

  text(subject: Subject, { role, kind, raw, file, pointer }: Text, dataset: DatasetEntry | null, part: string, params?: unknown, isOfSqlLab = false): void {
    const { variants, problems } = this.#rendered(raw, kind, dataset, params);
    const missing: Problem[] = kind === 'statement' ? [] : this.#missing(dataset);
    if (isOfSqlLab) variants.push(...limited(variants).slice(0, VARIANTS_MAX - variants.length));
    this.push(subject, role, kind, raw.length > TEXT_LENGTH_MAX ? '' : raw, false, variants, [...problems, ...missing], { file, pointer }, part);
  }

  #missing(dataset: DatasetEntry | null): Problem[] {
    if (dataset === null) return [{ code: 'missing-reference', message: 'its dataset is not in the export; export the dataset too' }];
    return this.templates.over(dataset).sql === null ? [{ code: 'missing-reference', message: 'the SQL of its dataset cannot be read or is too long; see the dataset' }] : [];
  }

  #rendered(raw: string, kind: SqlKind, dataset: DatasetEntry | null, params: unknown): Neutralised {
    if (kind !== 'statement') return this.templates.fragment(raw, kind, dataset);
    return dataset === null ? this.templates.render(raw, null, params) : this.templates.statement(raw, dataset);
  }

  built(subject: Subject, role: QueryRole, sql: string | null, problems: Problem[], place: Place, part: string): void {
    const variants = sql === null ? [] : [rebuiltVariant('default', sql, ['the SQL is rebuilt from the parts of the chart'])];
    this.push(subject, role, 'statement', '', true, variants, problems, place, part);
  }

  push(subject: Subject, role: QueryRole, sqlKind: SqlKind, raw: string, reconstructed: boolean, variants: QueryVariant[], problems: Problem[], { file, pointer }: Place, part: string): void {
    let id = `${subject.id}${part}`;
    for (let count = 2; this.#ids.has(id); count++) id = `${subject.id}${part}#${count}`;
    this.#ids.add(id);
    this.queries.push({
      id, kind: ID, role, sqlKind,
      title: subject.title,
      description: descriptionOf(subject.description ?? null),
      container: subject.container,
      owners: subject.owners,
      connection: subject.connection ?? this.fallback,
      origin: this.origins.add(file, pointer),
      raw, reconstructed, variants,
      isPublic: false,
      lifecycle: subject.lifecycle ?? 'active',
      usage: null,
      schedule: subject.schedule ?? null,
      problems,
      ...(role === 'query' ? subject.sent : {}),
      ...(subject.declaration === undefined ? {} : { declaration: { ...subject.declaration, incomplete: subject.declaration.incomplete ?? problems[0]?.message ?? null } }),
    });
  }
}

/** What begins like a query, and what limits it already. */
const QUERY = /^(?:\s|--[^\n]*\n|\()*(?:select|with)\b/i;
const LIMITED = /\b(?:limit\s+\S+|fetch\s+(?:first|next)\b)[^()]{0,80}$/i;

/** SQL Lab gives every query a limit of rows (`DEFAULT_SQLLAB_LIMIT`, and one more to see that there are more) unless it has one. */
function limited(variants: readonly QueryVariant[]): QueryVariant[] {
  const [first] = variants;
  const end = first?.sql.replace(/[\s;]+$/, '').length ?? 0;
  const text = first?.sql.slice(0, end) ?? '';
  if (first === undefined || !QUERY.test(text) || text.includes(';') || LIMITED.test(text)) return [];
  const rewriter = new Rewriter(first.sql);
  rewriter.copy(0, end);
  rewriter.generate('\nLIMIT 1001', end, first.sql.length);
  const { sql, map } = rewriter.finish();
  return [{ label: 'in SQL Lab', sql, map: compose(map, first.map), assumptions: [...first.assumptions, 'SQL Lab limits the rows'] }];
}
