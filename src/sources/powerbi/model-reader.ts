import type { CollectedQuery, ConnectionReference, Problem, QueryVariant, SqlKind } from '../../model/query.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { quoteIdentifier } from '../../template/placeholder.js';
import { Rewriter } from '../../template/rewrite.js';
import { wrapFragment } from '../../template/wrap.js';
import { titleOf } from '../common/words.js';
import type { ReadContext } from '../source.js';
import { mQueries, statementsOf } from './m-queries.js';
import { MScope, readExpression, type MExpression } from './m-scope.js';
import { isImported, scheduleOf, type Model, type Partition } from './model.js';
import { pathOf } from './navigation.js';
import type { PlacedText } from './placed-text.js';

const ID = 'powerbi';
/** Longer expressions are not read: people do not write them. */
const EXPRESSION_LENGTH_MAX = 2_000_000;

interface Found {
  part: string;
  title: string;
  description: string | null;
  schedule: string | null;
  /** The model keeps the rows. */
  isImported: boolean;
  sqlKind: SqlKind;
  placed: PlacedText;
  connection: ConnectionReference | null;
  variants: QueryVariant[];
  problems: Problem[];
}

/** The records of one semantic model, in the order of its tables and expressions. */
export class ModelReader {
  readonly #shared: Map<string, MExpression>;
  readonly #scope: MScope;
  /** How many a table has. */
  readonly #partitions = new Map<string, number>();

  constructor(
    readonly model: Model,
    readonly context: ReadContext,
  ) {
    const readable = model.expressions.filter(({ text }) => text.text.length <= EXPRESSION_LENGTH_MAX);
    this.#shared = new Map(readable.map(({ name, text }) => [name, readExpression(text)]));
    this.#scope = new MScope(this.#shared, model.dataSources);
    for (const { table } of model.partitions) this.#partitions.set(table, (this.#partitions.get(table) ?? 0) + 1);
  }

  *queries(): Generator<CollectedQuery> {
    for (const found of this.#found()) yield this.#query(found);
  }

  *#found(): Generator<Found> {
    for (const partition of this.model.partitions) yield* this.#partition(partition);
    for (const { name, description, text } of this.model.expressions) {
      const expression = this.#shared.get(name);
      const about = { title: name, description, ...this.#filling(null) };
      if (expression === undefined) yield this.#tooLarge(`expression:${name}`, about, text);
      else yield* this.#expression(expression, `expression:${name}`, about);
    }
  }

  #filling(mode: string | null): Pick<Found, 'schedule' | 'isImported'> {
    return { schedule: scheduleOf(mode, this.model), isImported: isImported(mode, this.model) };
  }

  *#partition(partition: Partition): Generator<Found> {
    const { table, name, source, description } = partition;
    const several = (this.#partitions.get(table) ?? 0) > 1;
    const part = `table:${table}${several ? `:${name}` : ''}`;
    const about = { title: table, description, ...this.#filling(partition.mode) };
    switch (source.kind) {
      case 'm':
        if (source.text.text.length > EXPRESSION_LENGTH_MAX) yield this.#tooLarge(part, about, source.text);
        else yield* this.#expression(readExpression(source.text), part, about);
        return;
      case 'query': {
        const connection = source.dataSource === null ? null : (this.model.dataSources.get(source.dataSource) ?? null);
        for (const query of statementsOf({ ...source.text, holes: [] })) yield { ...about, part, sqlKind: 'statement', connection, ...query };
        return;
      }
      case 'entity':
        yield { ...about, part, sqlKind: 'relation', ...this.#entity(source) };
    }
  }

  *#expression(expression: MExpression, part: string, about: Pick<Found, 'title' | 'description' | 'schedule' | 'isImported'>): Generator<Found> {
    for (const { step, sqlKind, placed, connection, variants, problems } of mQueries(expression, this.#scope)) {
      yield { ...about, part: step === null ? part : `${part}:${step}`, sqlKind, placed, connection, variants, problems };
    }
  }

  #tooLarge(part: string, about: Pick<Found, 'title' | 'description' | 'schedule' | 'isImported'>, text: PlacedText): Found {
    const message = `the expression has ${text.text.length} characters, more than the ${EXPRESSION_LENGTH_MAX} that are read`;
    const placed = { text: '', originAt: (offset: number) => text.originAt(offset) };
    return { ...about, part, sqlKind: 'statement', placed, connection: null, variants: [], problems: [{ code: 'too-large', message }] };
  }

  /** A table of Direct Lake, read where its shared expression leads to. */
  #entity({ entity, schema, expression }: Extract<Partition['source'], { kind: 'entity' }>): Pick<Found, 'placed' | 'connection' | 'variants' | 'problems'> {
    const rewriter = new Rewriter(entity.text);
    if (schema !== null) rewriter.generate(`${quoteIdentifier(schema)}.`, 0, 0);
    if (entity.text.includes('"') || entity.text.startsWith("'")) {
      rewriter.generate(quoteIdentifier(entity.text.replace(/^'|'$/g, '')), 0, entity.text.length);
    } else {
      rewriter.generate('"', 0, 0);
      rewriter.copy(0, entity.text.length);
      rewriter.generate('"', entity.text.length, entity.text.length);
    }
    const shared = this.#shared.get(expression ?? '');
    const path = shared === undefined ? null : pathOf({ node: shared.tree, scopes: [], expression: shared }, this.#scope);
    const variant = wrapFragment({ label: 'default', ...rewriter.finish(), assumptions: [] }, 'relation', null);
    return { placed: entity, connection: path?.connection ?? null, variants: [variant], problems: [] };
  }

  #query({ part, title, description, schedule, isImported, sqlKind, placed, connection, variants, problems }: Found): CollectedQuery {
    const { model } = this;
    return {
      id: `${ID}:${model.id}:${part}`,
      kind: ID,
      role: sqlKind === 'relation' ? 'relation' : 'query',
      sqlKind,
      title: titleOf(model.title === null ? title : `${model.title}: ${title}`),
      description: description ?? model.description,
      container: model.container,
      owners: model.owners,
      connection: connection ?? this.context.connection,
      origin: placed.originAt(0),
      raw: placed.text.length > TEXT_LENGTH_MAX ? '' : placed.text,
      reconstructed: false,
      variants,
      isPublic: false,
      lifecycle: model.lifecycle,
      usage: null,
      schedule,
      problems,
      ...(isImported ? { deliveries: [{ kind: 'extract', format: null, schedule }] } : {}),
    };
  }
}
