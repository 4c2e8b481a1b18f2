import type { Expression, Query, Select, Span, SqlStatement } from '../../model/syntax-tree.js';
import { canonicalExpression } from '../../sql/canonical.js';
import { walkStatement } from '../../sql/walk.js';
import type { Claim, ClaimPlace } from './claim.js';
import { clausesAt, conditionSpans, lexemesOf, partsOf, type Lexeme, type SelectClauses } from './clauses.js';
import type { ClaimDetails } from './details.js';
import { barePart, type Bare, type Piece } from './presentation.js';
import { conjuncts } from './reduce.js';
import { skeleton, tablesUntil } from './skeleton.js';

/** How a core is asked for where the usual one hides what two claims differ in. */
export interface CoreShape {
  /** The quotient of the measure as it is, or as its two halves. */
  ratio: 'whole' | 'halves' | 'numerator' | 'denominator';
  /** With the time bucket that it is broken down by. */
  bucketed: boolean;
  /** Over one month of the column by which the dashboard narrows it. */
  bounded: boolean;
}

export const PLAIN_CORE: CoreShape = { ratio: 'halves', bucketed: false, bounded: false };

/** The text of the one measure of a claim, and what its tree must be when it is read again. */
export interface CoreText {
  text: string;
  /** How many columns it shows. */
  columns: number;
  /** `measure`: the measure alone; `statement`: the statement as it is. */
  form: 'measure' | 'statement';
  /** Canonical, without positions; null for a statement as it is. */
  expected: string | null;
  /** What was left out, in words. */
  notes: string[];
}

/** What the measure of a claim is made of. */
export interface CoreParts {
  bare: Bare | null;
  /** Why its measure cannot be cut out of the text; null where it can. */
  reason: string | null;
}

const ADDITIVE: Record<string, string> = { count: 'sum', sum: 'sum', min: 'min', max: 'max' };

/**
 * Cuts cores out of the text of one claim. Nothing is printed from the tree: a core is made of the author's own letters, put
 * together anew at the places that the tree tells.
 */
export class CoreCutter {
  readonly #text: string;
  readonly #lexemes: readonly Lexeme[];
  readonly #claim: Claim;
  readonly #details: Pick<ClaimDetails, 'scope' | 'bucket' | 'timeRange'>;
  readonly #scope: ReadonlySet<Expression>;
  readonly #selects: Select[];
  readonly #parts: CoreParts;

  constructor(claim: Claim, details: Pick<ClaimDetails, 'scope' | 'bucket' | 'timeRange'>) {
    this.#text = claim.input.text;
    this.#lexemes = lexemesOf(this.#text);
    this.#claim = claim;
    this.#details = details;
    this.#scope = details.scope;
    this.#selects = selectsOf(claim.statement);
    this.#parts = this.#read();
  }

  get parts(): CoreParts {
    return this.#parts;
  }

  /** The statement as it is, one statement without its semicolon. */
  statement(reason: string): CoreText {
    const columns = outputsOf(this.#claim.input.statement);
    return { text: this.#text.trim().replace(/;\s*$/, ''), columns, form: 'statement', expected: null, notes: [reason] };
  }

  /** The core in a shape; the statement as it is where it cannot be cut out. */
  core(shape: CoreShape): CoreText {
    const { place } = this.#claim;
    const { bare, reason } = this.#parts;
    if (place === null || bare === null) return this.statement(reason ?? 'combines several queries');
    try {
      return this.#compose(place, bare, shape);
    } catch (error) {
      if (error instanceof NotCut) return this.statement(error.message);
      throw error;
    }
  }

  #read(): CoreParts {
    const { place } = this.#claim;
    if (place === null) return { bare: null, reason: this.#claim.rows.kind === 'complex' ? this.#claim.rows.reason : null };
    try {
      const span = this.#outputSpans(place)[place.index];
      const raw = rawOutput(this.#claim.input.statement, place);
      if (span === undefined || raw === null) throw new NotCut('its outputs cannot be told apart');
      return { bare: barePart(raw, this.#withoutAlias(span, place), this.#text, this.#lexemes), reason: null };
    } catch (error) {
      if (error instanceof NotCut) return { bare: null, reason: error.message };
      throw error;
    }
  }

  #compose(place: ClaimPlace, bare: Bare, shape: CoreShape): CoreText {
    const { select } = place;
    const clauses = this.#clauses(select);
    if (select.distinct !== null && (select.groupBy.length > 0 || Array.isArray(select.distinct))) throw new NotCut('takes distinct groups');
    if (clauses.others.length > 0) throw new NotCut(`has a ${clauses.others.join(' and a ').toUpperCase()} clause`);
    if (select.windows.length > 0 || select.qualify !== null || hasWindow(bare.expression)) throw new NotCut('looks at other rows through a window');
    const pieces = piecesFor(bare, shape.ratio);
    const measure = pieces.map(({ text }) => text).join(', ');
    const notes: string[] = [];
    const bucket = shape.bucketed ? this.#bucket(place) : null;
    const where = [...this.#keptConditions(select, clauses), ...(shape.bounded ? this.#bounds() : [])];
    const rows = `${this.#from(clauses)}${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`}`;
    const group = bucket === null ? '' : ` GROUP BY ${bucket.text}`;
    const outputs = [...(bucket === null ? [] : [bucket.text]), measure].join(', ');
    const prefix = this.#commonTables(place);
    if (select.having !== null) return this.#limited(place, clauses, { prefix, rows, pieces });
    const expected = this.#expected(place, [...(bucket === null ? [] : [bucket]), ...pieces], bucket, shape.bounded);
    return { text: `${prefix}SELECT ${outputs}${rows}${group}`, columns: pieces.length + (bucket === null ? 0 : 1), form: 'measure', expected, notes };
  }

  /** HAVING drops groups, so that what is left is added up over the groups that stay. */
  #limited(place: ClaimPlace, clauses: SelectClauses, { prefix, rows, pieces }: { prefix: string; rows: string; pieces: readonly Piece[] }): CoreText {
    const [only, another] = pieces;
    const { expression } = only ?? {};
    const sum = expression?.type === 'call' && !expression.distinct ? ADDITIVE[expression.name.at(-1) ?? ''] : undefined;
    if (only === undefined || another !== undefined || sum === undefined || clauses.having === null) throw new NotCut('has a HAVING');
    const groups = place.select.groupBy.length === 0 ? '' : ` GROUP BY ${this.#groupTexts(place, clauses).join(', ')}`;
    const having = this.#slice(clauses.having).trim();
    const text = `${prefix}SELECT ${sum}(kept.measure) FROM (SELECT ${only.text} AS measure${rows}${groups} HAVING ${having}) AS kept`;
    return { text, columns: 1, form: 'measure', expected: null, notes: ['added up over the groups that it shows'] };
  }

  #from(clauses: SelectClauses): string {
    return clauses.from === null ? '' : ` FROM ${this.#slice(clauses.from).trim()}`;
  }

  #groupTexts(place: ClaimPlace, clauses: SelectClauses): string[] {
    if (clauses.groupBy === null) throw new NotCut('groups in a way that is not understood');
    const outputs = this.#outputSpans(place);
    return partsOf(this.#lexemes, clauses.groupBy, ',').map((span) => {
      const text = this.#slice(span);
      const named = place.select.projections.findIndex(({ alias }, index) => alias === text.toLowerCase() || String(index + 1) === text);
      const output = outputs[named];
      return output === undefined ? text : this.#slice(this.#withoutAlias(output, place, named));
    });
  }

  #bucket(place: ClaimPlace): Piece {
    const outputs = this.#outputSpans(place);
    const index = place.select.projections.findIndex(({ expression }) => expression === this.#details.bucket);
    const span = outputs[index];
    const raw = rawOutput(this.#claim.input.statement, { ...place, index });
    if (span === undefined || raw === null) throw new NotCut('does not show its time bucket');
    return { text: this.#slice(this.#withoutAlias(span, place, index)), expression: raw };
  }

  /** One month of the column by which the dashboard narrows it: the same for every claim. */
  #bounds(): string[] {
    const { timeRange } = this.#details;
    if (timeRange === null) throw new NotCut('has no time range');
    return [`${timeRange} >= '2024-01-01'`, `${timeRange} < '2024-02-01'`];
  }

  #keptConditions(select: Select, clauses: SelectClauses): string[] {
    const conditions = conjuncts(select.where);
    if (conditions.length === 0) return [];
    const spans = clauses.where === null ? [] : conditionSpans(this.#lexemes, clauses.where);
    if (spans.length !== conditions.length) throw new NotCut('its conditions cannot be told apart in the text');
    const kept = spans.filter((_, index) => !this.#scope.has(conditions[index] ?? LOST));
    const alone = kept.length === 1;
    return kept.map((span, index) => {
      const text = this.#slice(span);
      const condition = conditions[spans.indexOf(kept[index] ?? span)];
      return !alone && condition?.type === 'operation' && condition.operator === 'or' && !text.startsWith('(') ? `(${text})` : text;
    });
  }

  /** A part of the text without the scope in the queries that stand in it. */
  #slice(span: Span): string {
    const inner = this.#selects.flatMap((select) => {
      const clauses = this.#clauses(select);
      const { where, whole } = clauses;
      if (where === null || whole.start < span.start || whole.end > span.end || whole.start === span.start) return [];
      return conjuncts(select.where).some((condition) => this.#scope.has(condition)) ? [{ select, clauses, where }] : [];
    });
    const outermost = inner.filter(({ where }) => !inner.some((other) => other.where !== where && other.where.start <= where.start && other.where.end >= where.end));
    let text = '';
    let at = span.start;
    for (const { select, clauses, where } of outermost.toSorted((a, b) => a.where.start - b.where.start)) {
      const kept = this.#keptConditions(select, clauses);
      const keyword = this.#text.slice(at, where.start).replace(/where\s*$/i, '');
      text += kept.length === 0 ? keyword : `${this.#text.slice(at, where.start)} ${kept.join(' AND ')} `;
      at = where.end;
    }
    return text + this.#text.slice(at, span.end);
  }

  #commonTables({ around, query }: ClaimPlace): string {
    const lists = [...around, { query, until: null }].flatMap(({ query: outer, until }) => this.#commonTableList(outer, until));
    const recursive = [...around.map((entry) => entry.query), query].some((outer) => outer.recursive);
    return lists.length === 0 ? '' : `WITH ${recursive ? 'RECURSIVE ' : ''}${lists.join(', ')} `;
  }

  #commonTableList(query: Query, until: string | null): string[] {
    const [first] = query.ctes;
    if (first === undefined || first.name === until) return [];
    const { body } = query;
    const main = body.type === 'select' ? this.#clauses(body).whole.start : null;
    const end = until === null ? main : (query.ctes.find(({ name }) => name === until)?.span.start ?? null);
    if (end === null) throw new NotCut('its common tables cannot be cut out');
    return [this.#slice({ start: first.span.start, end }).trim().replace(/,$/, '').trim()];
  }

  #outputSpans({ select }: ClaimPlace): Span[] {
    const spans = partsOf(this.#lexemes, this.#clauses(select).projections, ',');
    if (spans.length !== select.projections.length) throw new NotCut('its outputs cannot be told apart in the text');
    return spans;
  }

  #withoutAlias(span: Span, { select, index }: ClaimPlace, at = index): Span {
    if ((select.projections[at]?.alias ?? null) === null) return span;
    const inside = this.#lexemes.filter(({ start, end }) => start >= span.start && end <= span.end);
    const [last, before, earlier] = [inside.at(-1), inside.at(-2), inside.at(-3)];
    if (last === undefined || before === undefined) return span;
    const kept = before.word === 'as' ? earlier : before;
    // An alias may be the column's own name, which is then not written twice.
    return kept === undefined || before.word === '.' || last.word === ')' ? span : { start: span.start, end: kept.end };
  }

  #clauses(select: Select): SelectClauses {
    const start = select.projections[0]?.span.start;
    const clauses = start === undefined ? null : clausesAt(this.#lexemes, start);
    if (clauses === null) throw new NotCut('its clauses cannot be told apart in the text');
    return clauses;
  }

  #expected(place: ClaimPlace, outputs: readonly Piece[], bucket: Piece | null, bounded: boolean): string | null {
    if (bounded) return null;
    const dialect = this.#claim.input.dialect ?? null;
    return skeleton(
      {
        ctes: [...place.around, { query: place.query, until: null }].flatMap(({ query, until }) => tablesUntil(query, until)),
        projections: outputs.map(({ expression }) => canonicalExpression(expression, dialect)),
        from: place.select.from,
        where: place.select.where,
        groupBy: bucket === null ? [] : [{ type: 'expression', expression: canonicalExpression(bucket.expression, dialect) }],
      },
      this.#scope,
    );
  }
}

/** A text whose measure cannot be cut out; the message completes “it …”. */
class NotCut extends Error {
  override name = 'NotCut';
}

const LOST: Expression = { type: 'literal', kind: 'null', value: null, span: { start: 0, end: 0 } };

function piecesFor(bare: Bare, ratio: CoreShape['ratio']): Piece[] {
  if (bare.ratio === null || ratio === 'whole') return [bare];
  const { numerator, denominator } = bare.ratio;
  return ratio === 'halves' ? [numerator, denominator] : [ratio === 'numerator' ? numerator : denominator];
}

function hasWindow(expression: Expression): boolean {
  return JSON.stringify(expression, (key, value: unknown) => (key === 'span' ? undefined : value)).includes('"over":{');
}

function selectsOf(statement: SqlStatement): Select[] {
  const selects: Select[] = [];
  walkStatement(statement, {
    query: ({ body }) => {
      if (body.type === 'select') selects.push(body);
    },
  });
  return selects;
}

/** The output of a claim as it was read, before spellings were made one. */
function rawOutput(statement: SqlStatement, { select, index }: ClaimPlace): Expression | null {
  const start = select.projections[0]?.span.start;
  const found = selectsOf(statement).find(({ projections }) => projections[0]?.span.start === start && projections.length === select.projections.length);
  return found?.projections[index]?.expression ?? null;
}

function outputsOf(statement: SqlStatement): number {
  if (statement.type !== 'query_statement') return 0;
  const first = (query: Query): number => {
    const { body } = query;
    if (body.type === 'set_operation') return first(body.left);
    return body.type === 'select' ? body.projections.length : (body.rows[0]?.length ?? 0);
  };
  return first(statement.query);
}
