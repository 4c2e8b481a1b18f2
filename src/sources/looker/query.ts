import { quoteIdentifier } from '../../template/placeholder.js';
import { measureSql } from './measure.js';
import { enclosed, identifier, splitField } from './names.js';
import type { Part } from './part.js';
import { asStatement } from './references.js';
import type { Resolver } from './resolver.js';
import { Trace } from './setting.js';

/** What a dashboard, a Look or a derived table asks of an explore. */
export interface QueryRequest {
  fields: readonly string[];
  filters: readonly (readonly [string, string])[];
  /** `orders.total desc`. */
  sorts: readonly string[];
  limit: number | null;
  /** Custom measures by their name. */
  custom: ReadonlyMap<string, CustomMeasure>;
  /** Columns by the field's name where they have another one. */
  columns?: ReadonlyMap<string, string>;
  /** True where every join counts, not only what the fields need. */
  everyJoin?: boolean;
}

export interface CustomMeasure {
  basedOn: string;
  type: string;
  filters: readonly (readonly [string, string])[];
}

/** One query of a dashboard has at most so many fields here. */
const FIELDS_MAX = 500;
const JOIN_TYPES: Readonly<Record<string, string>> = { left_outer: 'LEFT JOIN', inner: 'INNER JOIN', full_outer: 'FULL JOIN', cross: 'CROSS JOIN' };

interface Clauses {
  columns: string[];
  grouped: number[];
  where: string[];
  having: string[];
  order: string[];
  joins: string[];
}

/** Writes one query of an explore: only the joins that its fields need, as Looker does. */
export class Builder {
  readonly #base: string;
  readonly #used = new Set<string>();

  constructor(
    readonly explore: Part,
    readonly aliases: ReadonlyMap<string, string>,
    readonly resolver: Resolver,
    readonly request: QueryRequest,
  ) {
    this.#base = [...aliases.keys()][0] ?? explore.name;
  }

  /** The names in FROM of which joins repeat rows, by the relationships stated. Known once the clauses are made. */
  multiplied(): Set<string> {
    const found = new Set<string>();
    const earlier = [this.#base];
    for (const join of this.#joins()) {
      const relationship = join.value('relationship') ?? 'many_to_one';
      if (relationship.startsWith('many')) found.add(join.name);
      if (relationship.endsWith('many')) for (const name of earlier) found.add(name);
      earlier.push(join.name);
    }
    return found;
  }

  statement(trace: Trace): string | null {
    const { columns, grouped, where, having, order, joins } = this.clauses(trace);
    const sql = [
      `SELECT\n  ${columns.length === 0 ? 'COUNT(*)' : columns.join(',\n  ')}`,
      `FROM ${this.#relation(this.explore, this.#base, trace)} AS ${identifier(this.#base)}`,
      ...joins,
    ];
    if (where.length > 0) sql.push(`WHERE ${where.join('\n  AND ')}`);
    if (grouped.length > 0) sql.push(`GROUP BY ${grouped.join(', ')}`);
    if (having.length > 0) sql.push(`HAVING ${having.join('\n  AND ')}`);
    if (order.length > 0) sql.push(`ORDER BY ${order.join(', ')}`);
    if (this.request.limit !== null) sql.push(`LIMIT ${this.request.limit}`);
    return sql.join('\n');
  }

  clauses(trace: Trace): Clauses {
    const clauses: Clauses = { columns: [], grouped: [], where: [], having: [], order: [], joins: [] };
    for (const name of this.request.fields.slice(0, FIELDS_MAX)) this.#column(name, clauses, trace);
    this.#order(clauses);
    this.#conditions(clauses, trace);
    const joined = this.request.everyJoin === true ? this.explore.named('join').map(({ name }) => name) : [];
    for (const name of [...trace.touched, ...this.explore.words('always_join'), ...joined]) this.#use(name, trace);
    clauses.joins.push(...this.#joins().flatMap((join) => this.#join(join, clauses, trace)));
    return clauses;
  }

  #joins(): Part[] {
    return this.explore.named('join').filter(({ name }) => this.#used.has(name));
  }

  #column(name: string, clauses: Clauses, trace: Trace): void {
    const custom = this.request.custom.get(name);
    const place = splitField(custom?.basedOn ?? name);
    if (place === null) return trace.notes.problem('missing-reference', `the field ${name.slice(0, 80)} names no view`);
    trace.touched.add(place.view);
    const found = this.resolver.find(place.view, place.field);
    const sql = custom === undefined ? this.resolver.field(place.view, place.field, trace) : this.#custom(custom, place, found?.part ?? null, trace);
    if (sql === null) return trace.notes.problem('missing-reference', `the field ${name.slice(0, 80)} is not in the model`);
    const column = this.request.columns?.get(name);
    clauses.columns.push(`${sql} AS ${column === undefined ? quoteIdentifier(name) : identifier(column)}`);
    if (custom === undefined && found?.part.key !== 'measure') clauses.grouped.push(clauses.columns.length);
  }

  #custom(custom: CustomMeasure, { view, field }: { view: string; field: string }, part: Part | null, trace: Trace): string | null {
    const conditions = custom.filters.flatMap(([name, value]) => this.resolver.condition(name, value, view, trace) ?? []);
    if (part?.key === 'measure') return this.resolver.measure(part, view, trace, conditions);
    const sql = this.resolver.field(view, field, trace);
    return sql === null ? null : measureSql({ type: custom.type, sql, conditions, distinctKey: null, percentile: null, primaryKey: null });
  }

  #order(clauses: Clauses): void {
    for (const sort of this.request.sorts) {
      const [field = '', direction = ''] = sort.trim().split(/\s+/);
      const at = this.request.fields.indexOf(field);
      if (at >= 0 && at < clauses.columns.length) clauses.order.push(`${at + 1}${/^desc$/i.test(direction) ? ' DESC' : ''}`);
    }
  }

  #conditions(clauses: Clauses, trace: Trace): void {
    for (const [name, filter] of this.request.filters) {
      const place = splitField(name);
      const found = place === null ? null : this.resolver.find(place.view, place.field);
      const own = found?.part.key === 'filter' ? found.part.properties.get('sql') : undefined;
      const sql = own !== undefined && place !== null ? this.resolver.text(own, place.view, trace) : this.resolver.condition(name, filter, this.#base, trace);
      if (sql !== null) (found?.part.key === 'measure' ? clauses.having : clauses.where).push(own === undefined ? sql : enclosed(sql));
    }
    for (const access of this.explore.many.get('access_filter') ?? []) {
      const place = splitField(access.value('field') ?? '');
      const sql = place === null ? null : this.resolver.field(place.view, place.field, trace);
      if (place === null || sql === null) continue;
      trace.touched.add(place.view);
      trace.notes.assume(`the user attribute ${(access.value('user_attribute') ?? '').slice(0, 80)} is 'x'`);
      clauses.where.push(`${enclosed(sql)} = 'x'`);
    }
    for (const [key, into] of [['sql_always_where', clauses.where], ['sql_always_having', clauses.having]] as const) {
      const property = this.explore.properties.get(key);
      const sql = property === undefined ? null : this.resolver.text(property, this.#base, trace);
      if (sql !== null) into.push(`(${sql}\n)`);
    }
  }

  /** Marks a join and what it needs in turn. */
  #use(name: string, trace: Trace): void {
    const join = this.explore.parts.get(`join ${name}`);
    if (join === undefined || this.#used.has(name)) return;
    this.#used.add(name);
    const inner = new Trace();
    for (const key of ['sql_on', 'sql', 'sql_where']) {
      const property = join.properties.get(key);
      if (property !== undefined) this.resolver.text(property, join.name, inner);
    }
    const key = splitField(join.value('foreign_key') ?? '');
    for (const other of [...inner.touched, ...join.words('required_joins'), ...(key === null ? [] : [key.view])]) this.#use(other, trace);
  }

  #join(join: Part, clauses: Clauses, trace: Trace): string[] {
    const property = join.properties.get('sql_where');
    const where = property === undefined ? null : this.resolver.text(property, join.name, trace);
    if (where !== null) clauses.where.push(`(${where}\n)`);
    const whole = join.properties.get('sql');
    if (whole !== undefined) return [this.resolver.text(whole, join.name, trace) ?? ''];
    const type = JOIN_TYPES[join.value('type') ?? 'left_outer'] ?? 'LEFT JOIN';
    const head = `${type} ${this.#relation(join, join.name, trace)} AS ${identifier(join.name)}`;
    if (type === 'CROSS JOIN') return [head];
    return [`${head} ON ${joinCondition(this.resolver, join, this.#base, trace) ?? 'TRUE'}`];
  }

  #relation(part: Part, alias: string, trace: Trace): string {
    const table = part.properties.get('sql_table_name');
    if (table !== undefined) return asRelation(this.resolver.text(table, alias, trace)) ?? identifier(alias);
    if (this.resolver.viewOf(alias) === undefined) trace.notes.problem('missing-reference', `the view ${(this.aliases.get(alias) ?? alias).slice(0, 80)} is not in the model`);
    return this.resolver.relation(alias, trace);
  }
}

function asRelation(text: string | null): string | null {
  return text === null || !/^select\b/i.test(text) ? text : `(\n${asStatement(text)}\n)`;
}

/** What a join is on: its `sql_on`, or its `foreign_key` and the primary key of what it joins. Null where it says neither. */
export function joinCondition(resolver: Resolver, join: Part, base: string, trace: Trace): string | null {
  const property = join.properties.get('sql_on');
  if (property !== undefined) {
    const text = resolver.text(property, join.name, trace);
    return text === null ? null : `(${text}\n)`;
  }
  const key = join.value('foreign_key');
  if (key === null) return null;
  const place = splitField(key) ?? { view: base, field: key };
  const primary = resolver.viewOf(join.name)?.named('dimension').find((part) => part.isSet('primary_key'));
  const [left, right] = [resolver.field(place.view, place.field, trace), primary === undefined ? null : resolver.field(join.name, primary.name, trace)];
  trace.touched.add(place.view);
  return left === null || right === null ? null : `${enclosed(left)} = ${enclosed(right)}`;
}
