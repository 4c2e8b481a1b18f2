import type { MetricDeclaration } from '../../model/metric-declaration.js';
import type { CollectedQuery, ConnectionReference, Container, Problem, QueryRole, QueryVariant, SqlKind } from '../../model/query.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { mergeProblems } from '../../template/result.js';
import { compose, Rewriter } from '../../template/rewrite.js';
import { rebuiltVariant } from '../../template/wrap.js';
import { joinedWithout } from '../common/declaration.js';
import type { SourceFile } from '../common/source-file.js';
import type { Property } from './part.js';
import type { Trace } from './setting.js';

export const ID = 'looker';

/** What all records of an object share. */
export interface Subject {
  /** Without the name of the source: `shop:view:orders.total`. */
  id: string;
  title: string;
  description: string | null;
  container: Container | null;
  connection: ConnectionReference | null;
  schedule: string | null;
  /** Of a measure. */
  declaration?: MetricDeclaration;
}

/** What a record is of, besides its subject. */
export interface Fragment {
  role: QueryRole;
  sqlKind: SqlKind;
  /** `view:orders/dimension:created/sql`. */
  pointer: string;
}

/** Collects records; ids that meet are told apart by the model, then by a number. */
export class Records {
  readonly queries = new Map<string, CollectedQuery>();

  /** A text that stands in a file. */
  stored(subject: Subject, fragment: Fragment, property: Property, variants: readonly QueryVariant[], problems: readonly Problem[], model: string): void {
    const isTooLong = property.value.length > TEXT_LENGTH_MAX;
    this.#add(subject, fragment, { file: property.file, start: property.start }, isTooLong ? '' : property.value, variants, problems, model);
  }

  /** A query that Looker builds. */
  rebuilt(subject: Subject, fragment: Fragment, place: { file: SourceFile; start: number }, sql: string | null, trace: Trace, model: string): void {
    const variants = sql === null ? [] : [rebuiltVariant('default', sql, ["the SQL is rebuilt from LookML as PostgreSQL would get it", ...trace.notes.assumptions])];
    const { problems } = trace.notes;
    const none: Problem = { code: 'unsupported', message: 'the query cannot be rebuilt from its LookML' };
    this.#add(subject, fragment, place, null, variants, sql === null && problems.length === 0 ? [none] : problems, model);
  }

  #add(
    subject: Subject,
    { role, sqlKind, pointer }: Fragment,
    { file, start }: { file: SourceFile; start: number },
    raw: string | null,
    variants: readonly QueryVariant[],
    problems: readonly Problem[],
    model: string,
  ): void {
    const id = this.#unused(`${ID}:${subject.id}`, model);
    const { title, description, container, connection, schedule, declaration } = subject;
    this.queries.set(id, {
      id,
      kind: ID,
      role,
      sqlKind,
      title,
      description,
      container,
      owners: [],
      connection,
      origin: { file: file.path, pointer: file.shownPointer(pointer), ...file.position(start) },
      raw: raw ?? '',
      reconstructed: raw === null,
      variants: [...variants],
      isPublic: false,
      lifecycle: 'active',
      usage: null,
      schedule,
      problems: mergeProblems([problems]),
      ...(declaration === undefined ? {} : { declaration: { ...declaration, incomplete: declaration.incomplete ?? problems[0]?.message ?? joinedWithout(variants[0]?.sql ?? '', 'ON TRUE') } }),
    });
  }

  #unused(id: string, model: string): string {
    if (!this.queries.has(id)) return id;
    const named = model === '' ? id : `${id}@${model}`;
    let candidate = named;
    for (let count = 2; this.queries.has(candidate); count++) candidate = `${named}#${count}`;
    return candidate;
  }
}

/** A variant with SQL before and after it that stands for the whole of its text. */
export function around(variant: QueryVariant, before: string, after: string): QueryVariant {
  const rewriter = new Rewriter(variant.sql);
  const end = variant.sql.length;
  rewriter.generate(before, 0, end);
  rewriter.copy(0, end);
  rewriter.generate(after, end, end);
  const { sql, map } = rewriter.finish();
  return { ...variant, sql, map: compose(map, variant.map) };
}
