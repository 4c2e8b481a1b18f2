import type { ProblemCode } from '../../model/query.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { expressionSql, type ExpressionScope } from './expression.js';
import type { FieldCatalog } from './field-catalog.js';
import { fieldKey, plainColumn, type CardSql, type ResultColumn } from './field-key.js';
import { FieldResolver } from './field-resolver.js';
import { MbqlError, type Argument, type Clause, type Stage } from './mbql.js';
import { aboutMetric, aggregationName, withFilters } from './metric.js';
import { conjuncts, predicateSql } from './predicate.js';
import { identifier, type TypedSql } from './sql-text.js';
import { addNested, needsNesting, nestedStage, type NestedColumns } from './nest.js';
import type { WeekStart } from './temporal.js';

/** The rows that Metabase asks for at most where a question without aggregation has no limit of its own. */
export const UNAGGREGATED_ROWS_MAX = 2_000;

/** In what Metabase's releases and settings differ. */
export interface Style {
  weekStart: WeekStart;
  /** How a joined table stands in FROM: by its name, or (recent releases) as a sub-select of its columns. */
  joins: 'tables' | 'sub-selects';
}

/** What a query refers to outside itself. */
export interface LoweringContext {
  style: Style;
  fields: FieldCatalog;
  /** Null for a card that is unknown, refers to itself or cannot be rendered; the reason is reported. */
  card(id: unknown): CardSql | null;
  /** The query of a metric (a card or, of old, an object of its own) or of a measure. */
  metric(id: unknown, kind: string): Stage | null;
  /** True for a card that is a metric: a question about it reads what the metric reads. */
  isMetric(id: unknown): boolean;
  /** Null where the definition of that key is being expanded already. */
  expanding<T>(key: string, expand: () => T): T | null;
  segment(id: unknown): Clause[] | null;
  /** A native query as it stands within another one. */
  native(sql: string, tags: unknown): string;
  problem(code: ProblemCode, message: string): void;
  assume(assumption: string): void;
  /** Told when the style makes a difference. */
  styleMatters(part: keyof Style): void;
}

/**
 * A question of the query builder as the SQL that Metabase generates for PostgreSQL (v0.50 to v0.57): quoted names, `AS
 * "sum"`, sub-selects aliased "source", groups ordered, 2,000 rows where nothing is aggregated.
 */
export function lowerQuery(stage: Stage, context: LoweringContext): CardSql {
  const lowered = lowerStage(stage, context);
  if (stage.limit !== null || stage.aggregations.length > 0) return lowered;
  return { ...lowered, sql: `${lowered.sql} LIMIT ${UNAGGREGATED_ROWS_MAX}` };
}

/** The same without the row limit, as it stands within another query. */
export function lowerStage(stage: Stage, context: LoweringContext): CardSql {
  return new StageLowering(aboutMetric(stage, context), context, null).lower();
}

interface Selected {
  sql: string;
  column: ResultColumn;
}

class StageLowering implements ExpressionScope {
  readonly weekStart: WeekStart;
  readonly #resolver: FieldResolver;
  readonly #aliases = new Map<string, number>();
  readonly #aggregationAliases: string[] = [];
  /** Custom columns as written; null while one is being written. */
  readonly #definitions = new Map<string, TypedSql | null>();

  constructor(
    readonly stage: Stage,
    readonly context: LoweringContext,
    /** Columns that a sub-select of this stage already computes. */
    readonly nested: NestedColumns | null,
  ) {
    this.weekStart = context.style.weekStart;
    this.#resolver = new FieldResolver(stage, context, nested, (source) => lowerStage(source, context));
  }

  lower(): CardSql {
    const { stage } = this;
    if (this.nested === null && needsNesting(stage)) return this.#lowerNested();
    const selected = this.#select();
    const where = this.#where(stage.filters);
    const groups = stage.breakouts.map((breakout) => this.#breakout(breakout).sql);
    const order = this.#order();
    const list = selected.length > 0 ? selected.map(({ sql }) => sql).join(', ') : this.#resolver.everything();
    const parts = [`SELECT ${list}`, this.#resolver.from((clause) => this.predicate(clause, 0))];
    parts.push(...where);
    if (groups.length > 0) parts.push(`GROUP BY ${groups.join(', ')}`);
    if (order.length > 0) parts.push(`ORDER BY ${order.join(', ')}`);
    if (stage.limit !== null) parts.push(`LIMIT ${stage.limit}`);
    return { sql: parts.join(' '), columns: selected.length > 0 ? selected.map(({ column }) => column) : null };
  }

  /** Custom columns that are grouped by or aggregated are computed in a sub-select first (`nest_query.clj`). */
  #lowerNested(): CardSql {
    const { inner, outer } = nestedStage(this.stage);
    const lowering = new StageLowering(inner, this.context, { sql: '', columns: new Map() });
    const columns: NestedColumns = { sql: '', columns: new Map() };
    const selected = addNested(this.stage, columns, {
      field: (clause) => lowering.#resolver.selectable(clause),
      expression: (name) => ({ name, sql: lowering.#definition(name) }),
      breakout: (clause) => ({ name: lowering.#resolver.alias(clause), sql: lowering.#breakout(clause) }),
    });
    const where = lowering.#where(inner.filters);
    const parts = [`SELECT ${selected.join(', ')}`, lowering.#resolver.from((clause) => lowering.predicate(clause, 0)), ...where];
    columns.sql = parts.join(' ');
    return new StageLowering(outer, this.context, columns).lower();
  }

  #select(): Selected[] {
    const { stage } = this;
    if (stage.aggregations.length + stage.breakouts.length > 0) {
      return [
        ...stage.breakouts.map((clause) => this.#selected(this.#resolver.column(clause), this.#breakout(clause))),
        ...stage.aggregations.map((clause) => this.#aggregate(clause)),
      ];
    }
    const fields = stage.fields ?? this.#resolver.implicitFields();
    const selected = fields.map((clause) => this.#selectedClause(clause));
    if (stage.fields === null) {
      if (selected.length === 0) return [];
      for (const { name } of stage.expressions) selected.push(this.#selected(plainColumn(name), this.#definition(name)));
    }
    const shown = new Set(fields.map(fieldKey));
    for (const join of stage.joins) {
      for (const clause of this.#resolver.joinedFields(join)) {
        if (!shown.has(fieldKey(clause))) selected.push(this.#selectedClause(clause));
      }
    }
    return selected;
  }

  #selectedClause(clause: Clause): Selected {
    if (clause.operator === 'field') return this.#selected(this.#resolver.column(clause), this.field(clause));
    const name = clause.operator === 'expression' ? String(clause.arguments[0]) : clause.operator;
    return this.#selected(plainColumn(name), expressionSql(clause, this));
  }

  #selected(column: ResultColumn, { sql, databaseType, baseType }: TypedSql): Selected {
    const name = this.#unique(column.name);
    return { sql: `${sql} AS ${identifier(name)}`, column: { ...column, name, databaseType, baseType: baseType ?? column.baseType } };
  }

  #aggregate(clause: Clause): Selected {
    const selected = this.#selected(plainColumn(aggregationName(clause)), expressionSql(clause, this));
    this.#aggregationAliases.push(selected.column.name);
    return selected;
  }

  #unique(name: string): string {
    const count = (this.#aliases.get(name) ?? 0) + 1;
    this.#aliases.set(name, count);
    return count === 1 ? name : this.#unique(`${name}_${count}`);
  }

  #breakout(clause: Clause): TypedSql {
    return clause.operator === 'field' ? this.#resolver.breakout(clause) : expressionSql(clause, this);
  }

  #order(): string[] {
    const { stage } = this;
    const explicit = stage.order.map(({ direction, value }) => `${this.#ordered(value)} ${direction}`);
    const ordered = new Set(stage.order.map(({ value }) => fieldKey(value)));
    const implicit = stage.breakouts.filter((breakout) => !ordered.has(fieldKey(breakout)));
    return [...explicit, ...implicit.map((breakout) => `${this.#breakout(breakout).sql} ASC`)];
  }

  #ordered(value: Clause): string {
    const key = fieldKey(value);
    const breakout = this.stage.breakouts.find((clause) => fieldKey(clause) === key);
    return breakout === undefined ? expressionSql(value, this).sql : this.#breakout(breakout).sql;
  }

  #definition(name: string): TypedSql {
    const known = this.#definitions.get(name);
    if (known === null) throw new MbqlError(`its custom column ${name.slice(0, 60)} refers to itself`);
    if (known !== undefined) return known;
    const found = this.stage.expressions.find((expression) => expression.name === name);
    if (found === undefined) return this.#resolver.named(name);
    this.#definitions.set(name, null);
    const written = expressionSql(found.value, this);
    if (written.sql.length > TEXT_LENGTH_MAX) throw new MbqlError('its custom columns grow without end');
    this.#definitions.set(name, written);
    return written;
  }

  field(clause: Clause): TypedSql {
    return this.#resolver.field(clause);
  }

  expression(name: string): TypedSql {
    return this.nested?.columns.get(`expression ${name}`) ?? this.#definition(name);
  }

  aggregation(reference: Argument): TypedSql {
    const at =
      typeof reference === 'number'
        ? reference
        : this.stage.aggregations.findIndex(({ options }) => options['lib/uuid'] === reference);
    const alias = this.#aggregationAliases[at];
    return { sql: alias === undefined ? 'NULL' : identifier(alias), databaseType: null, baseType: null };
  }

  /** The WHERE clause, or nothing. */
  #where(filters: readonly Clause[]): string[] {
    const parts = filters.flatMap((filter) => conjuncts(filter, this, (segment, expand) => this.#segment(segment, expand)));
    if (parts.length === 0) return [];
    return [`WHERE ${parts.length === 1 ? (parts[0] ?? '') : parts.map((part) => `(${part})`).join(' AND ')}`];
  }

  predicate(clause: Clause, depth: number): string {
    return predicateSql(clause, this, (segment, expand) => this.#segment(segment, expand), depth);
  }

  #segment(clause: Clause, expand: (filters: readonly Clause[]) => string[]): string[] {
    const [id] = clause.arguments;
    const filters = this.context.segment(id);
    if (filters === null) {
      this.context.problem('missing-reference', `segment ${shown(id)} is not in the export; its condition is unknown`);
      return [];
    }
    const conditions = this.context.expanding(`segment ${shown(id)}`, () => expand(filters));
    if (conditions === null) this.context.problem('cyclic-reference', `segment ${shown(id)} refers to itself`);
    return conditions ?? [];
  }

  cumulativeOrder(): string {
    return this.stage.breakouts.map((breakout) => `${this.#breakout(breakout).sql} ASC`).join(', ');
  }

  metric(clause: Clause): string {
    const id = clause.arguments[0];
    const named = `${clause.operator} ${shown(id)}`;
    const stage = this.context.metric(id, clause.operator);
    const [aggregation] = stage?.aggregations ?? [];
    if (stage === null || aggregation === undefined) {
      this.context.problem('missing-reference', `${named} is not in the export; what it computes is unknown`);
      return 'NULL';
    }
    // The conditions of a metric that the question is about stand in its WHERE already.
    const here = new Set(this.stage.filters.map((filter) => JSON.stringify(filter)));
    const filters = stage.filters.filter((filter) => !here.has(JSON.stringify(filter)));
    const sql = this.context.expanding(named, () => expressionSql(withFilters(aggregation, filters), this).sql);
    if (sql !== null) return sql;
    this.context.problem('cyclic-reference', `${named} refers to itself`);
    return 'NULL';
  }

  unsupported(message: string): void {
    this.context.problem('unsupported', message);
  }
}

function shown(id: Argument | undefined): string {
  return (typeof id === 'object' ? JSON.stringify(id) : String(id)).slice(0, 80);
}
