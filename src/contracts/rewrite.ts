import type { ReadPart } from '../graph/statement-reader.js';
import type { ColumnReference, Expression, FromItem, Projection, Query, Select, Span, Star } from '../model/syntax-tree.js';
import { outputName } from '../sql/output-name.js';
import { walkStatement } from '../sql/walk.js';
import { sqlIdentifier } from '../text/sql-name.js';
import { Edits } from './edits.js';
import { namesOf, type Place, type Places } from './places.js';

/** What takes the place of a relation. */
export interface Target {
  schema: string;
  name: string;
  /** Column of the relation → its name in the view. */
  columns: ReadonlyMap<string, string>;
  /** All columns of the relation, in its order, which `*` means today. */
  all: readonly string[];
}

/** Why a query cannot be edited, in words. */
export class NotRewritten extends Error {
  override readonly name = 'NotRewritten';
}

/**
 * The edits that move one statement from relations onto views, at the offsets of its text: names of relations, columns that the
 * view calls otherwise, and `*`, which is spelled out. Everything else stays as its author wrote it.
 *
 * @param text in which the statement stands
 * @param targets by `schema.name` of the relation
 * @throws NotRewritten
 */
export function editsOf(text: string, part: ReadPart, targets: ReadonlyMap<string, Target>): Edits {
  return new StatementRewriter(text, part, targets).edits();
}

class StatementRewriter {
  readonly #edits = new Edits();
  readonly #text: string;
  readonly #part: ReadPart;
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #places: Place[];
  readonly #levels: Places['levels'];
  /** Where the text names a stored column: `start end` → `schema.table.column`. */
  readonly #owners = new Map<string, string>();

  constructor(text: string, part: ReadPart, targets: ReadonlyMap<string, Target>) {
    this.#text = text;
    this.#part = part;
    this.#targets = targets;
    const { relations, levels } = namesOf(part.statement, part.resolution.direct.keys());
    this.#places = relations.filter(({ relation }) => targets.has(relation));
    this.#levels = levels;
    for (const { column, span } of part.resolution.uses) if (span !== null) this.#owners.set(`${span.start} ${span.end}`, column);
    const slots = [...part.resolution.outputs, ...[...part.resolution.writes.values()].flat()];
    for (const { flows } of slots) for (const [column, { spans }] of flows) for (const { start, end } of spans) if (!this.#owners.has(`${start} ${end}`)) this.#owners.set(`${start} ${end}`, column);
  }

  edits(): Edits {
    for (const place of this.#places) this.#table(place);
    walkStatement(this.#part.statement, {
      query: (query) => this.#query(query),
      expression: (expression) => {
        if (expression.type === 'column') this.#column(expression);
      },
      from: (item) => this.#join(item),
    });
    return this.#edits;
  }

  #target(relation: string): Target {
    const target = this.#targets.get(relation);
    if (target === undefined) throw new NotRewritten(`nothing takes the place of ${relation}`);
    return target;
  }

  #table({ reference, relation }: Place): void {
    const { schema, name } = this.#target(relation);
    if (reference.span.end <= reference.span.start) throw new NotRewritten(`the place where it names ${relation} could not be told`);
    const alias = reference.alias ?? (name !== reference.name && this.#isQualifier(reference.name) ? reference.name : null);
    const text = this.#written(reference.span, schema === '' ? [name] : [schema, name]);
    const named = reference.alias === alias ? text : `${text} AS ${this.#written(reference.span, [reference.name])}`;
    this.#edits.replace(reference, reference.span, named, { ...reference, schema: schema === '' ? null : schema, name, alias });
  }

  /** A name as the text writes it at this place: who quotes every name goes on to. */
  #written({ start, end }: Span, parts: readonly string[]): string {
    const isQuoted = this.#text.slice(start, end).startsWith('"');
    return parts.map((part) => (isQuoted ? `"${part.replaceAll('"', '""')}"` : sqlIdentifier(part))).join('.');
  }

  /** Whether columns are written with the name of the relation before them. */
  #isQualifier(name: string): boolean {
    let found = false;
    walkStatement(this.#part.statement, {
      expression: (expression) => {
        if (expression.type === 'column' && expression.parts.at(-2) === name) found = true;
        if (expression.type === 'star' && expression.qualifier.at(-1) === name) found = true;
      },
    });
    return found;
  }

  #query({ body, orderBy }: Query): void {
    if (body.type !== 'select') return;
    const names = new Set(body.projections.map(({ alias, expression }) => alias ?? outputName(expression)));
    for (const { expression } of orderBy) {
      // ORDER BY looks at the names of outputs first, and these stay.
      if (expression.type === 'column' && expression.parts.length === 1 && names.has(expression.parts[0] ?? '')) this.#edits.keep(expression);
    }
    for (const projection of body.projections) {
      if (projection.expression.type === 'star') this.#star(projection, projection.expression, body);
      else this.#keepName(projection);
    }
  }

  /** An output without a name of its own has that of its column, which must not change with it. */
  #keepName(projection: Projection): void {
    const { alias, expression } = projection;
    if (alias !== null) return;
    const renamed = this.#renamedWithin(expression);
    if (renamed.length === 0) return;
    const before = outputName(expression);
    if (expression.type === 'column') {
      this.#edits.insert(projection, expression.span.end, ` AS ${sqlIdentifier(before)}`, { alias: before });
      return;
    }
    if (renamed.some(({ parts }) => parts.at(-1) === before)) throw new NotRewritten(`the output ${before} has no name of its own and would take that of the column in the view: give it one first`);
  }

  #renamedWithin(expression: Expression): ColumnReference[] {
    const found: ColumnReference[] = [];
    walkStatement({ type: 'query_statement', form: 'select', query: queryOf(expression) }, {
      expression: (inner) => {
        if (inner.type === 'column' && this.#newName(inner) !== null) found.push(inner);
      },
    });
    return found;
  }

  /** The name of a column in the view; null where it is no column of a relation that is replaced, or keeps its name. */
  #newName(column: ColumnReference): string | null {
    const name = column.parts.at(-1) ?? '';
    const target = this.#ownerOf(column);
    if (target === null) return null;
    const renamed = target.columns.get(name);
    if (renamed === undefined) throw new NotRewritten(`${target.schema}.${target.name} does not give ${name}`);
    return renamed === name ? null : renamed;
  }

  /** What takes the place of the relation whose column is named here; null where it is none of these. */
  #ownerOf(column: ColumnReference): Target | null {
    const source = this.#owners.get(`${column.span.start} ${column.span.end}`) ?? '';
    const [relation, name] = [source.slice(0, Math.max(source.lastIndexOf('.'), 0)), column.parts.at(-1) ?? ''];
    const stored = this.#targets.get(relation);
    if (stored !== undefined && source === `${relation}.${name}` && !stored.all.includes(name)) throw new NotRewritten(`it uses ${name}, which is no column of ${relation}`);
    const levels = this.#levels.get(column);
    // Outside of a query there is one level: what the statement reads.
    if (levels === undefined || levels.length === 0) return source === `${relation}.${name}` ? (stored ?? null) : null;
    const qualifier = column.parts.at(-2);
    for (const { from } of levels) {
      const items = from.flatMap(flat);
      const meant = qualifier === undefined ? items : items.filter((item) => nameOf(item) === qualifier);
      const places = meant.flatMap((item) => this.#placeOf(item) ?? []);
      const own = places.map((place) => this.#target(place.relation)).find(({ all }) => all.includes(name));
      if (own !== undefined) return own;
      // What else stands there may have such a column, and hides those of the queries around.
      if (qualifier === undefined ? places.length < meant.length : meant.length > 0) return null;
    }
    return null;
  }

  #column(column: ColumnReference): void {
    if (this.#edits.keeps(column)) return;
    const name = this.#newName(column);
    const isQualified = column.parts.length > 2 && this.#places.some(({ reference, relation }) => reference.alias === null && `${column.parts.at(-3) ?? ''}.${column.parts.at(-2) ?? ''}` === relation);
    if (name === null && !isQualified) return;
    const parts = [...(isQualified ? column.parts.slice(-2, -1) : column.parts.slice(0, -1)), name ?? column.parts.at(-1) ?? ''];
    this.#edits.replace(column, column.span, this.#written(column.span, parts), { ...column, parts });
  }

  #join(item: FromItem): void {
    if (item.type !== 'join') return;
    const renamed = [...this.#targets.values()].flatMap(({ columns }) => [...columns].flatMap(([source, name]) => (source === name ? [] : [source])));
    const column = item.using.find((name) => renamed.includes(name));
    if (column !== undefined) throw new NotRewritten(`it joins USING (${column}), which the view calls otherwise`);
    if (item.natural && this.#places.length > 0) throw new NotRewritten('a NATURAL JOIN joins by all names that both sides have');
  }

  #star(projection: Projection, star: Star, select: Select): void {
    const items = select.from.flatMap(flat);
    const meant = star.qualifier.length === 0 ? items : items.filter((item) => nameOf(item) === star.qualifier.at(-1));
    if (!meant.some((item) => this.#placeOf(item))) return;
    if (select.from.some(mergesColumns)) throw new NotRewritten('its * stands for columns that a join merges');
    const isAlone = items.length === 1;
    const columns = meant.flatMap((item): { text: string; projection: Projection }[] => {
      const place = this.#placeOf(item);
      const name = nameOf(item);
      if (name === null) throw new NotRewritten('its * stands for columns of something without a name');
      if (place === undefined) return [{ text: `${sqlIdentifier(name)}.*`, projection: { ...projection, expression: { ...star, qualifier: [name] } } }];
      const target = this.#target(place.relation);
      const qualifier = isAlone ? [] : [place.reference.alias ?? target.name];
      return target.all.map((source) => columnOf(source, target, qualifier, projection));
    });
    this.#edits.replace(projection, star.span, wrapped(columns.map(({ text }) => text)), columns.map((column) => column.projection));
    this.#edits.keep(star);
  }

  #placeOf(item: FromItem): Place | undefined {
    return this.#places.find(({ reference }) => reference === item);
  }
}

function columnOf(source: string, target: Target, qualifier: readonly string[], projection: Projection): { text: string; projection: Projection } {
  const name = target.columns.get(source);
  if (name === undefined) throw new NotRewritten(`it shows all columns, and ${target.schema}.${target.name} does not give ${source}`);
  const parts = [...qualifier, name];
  const text = parts.map(sqlIdentifier).join('.');
  const expression: ColumnReference = { type: 'column', parts, span: projection.span };
  return name === source ? { text, projection: { ...projection, expression } } : { text: `${text} AS ${sqlIdentifier(source)}`, projection: { ...projection, expression, alias: source } };
}

const LINE_COLUMNS = 96;

function wrapped(columns: readonly string[]): string {
  const lines: string[] = [];
  for (const column of columns) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + column.length + 2 <= LINE_COLUMNS) lines[lines.length - 1] = `${last}, ${column}`;
    else lines.push(column);
  }
  return lines.join(',\n  ');
}

function flat(item: FromItem): FromItem[] {
  return item.type === 'join' && item.alias === null ? [...flat(item.left), ...flat(item.right)] : [item];
}

function mergesColumns(item: FromItem): boolean {
  return item.type === 'join' && (item.natural || item.using.length > 0 || mergesColumns(item.left) || mergesColumns(item.right));
}

function nameOf(item: FromItem): string | null {
  if (item.type === 'table') return item.alias ?? item.name;
  return item.type === 'join' || item.type === 'derived' || item.type === 'function' || item.type === 'opaque_table' ? item.alias : null;
}

/** A query that shows one expression, to be walked as one. */
function queryOf(expression: Expression): Query {
  const projection: Projection = { expression, alias: null, span: { start: 0, end: 0 } };
  const body: Select = { type: 'select', distinct: null, projections: [projection], from: [], where: null, groupBy: [], having: null, qualify: null, windows: [] };
  return { type: 'query', recursive: false, ctes: [], definitions: [], body, orderBy: [], limit: null, offset: null, locks: [] };
}
