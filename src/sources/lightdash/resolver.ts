import type { Problem } from '../../model/query.js';
import { legacyReferences } from '../../template/evidence-references.js';
import { EXPANSION_LENGTH_MAX, REFERENCE_DEPTH_MAX, withinExpansion } from '../../template/expansion.js';
import { fillHoles, type Hole } from '../../template/holes.js';
import { quote } from '../../template/placeholder.js';
import { mergeProblems, Notes, refuseLength, type Neutralised } from '../../template/result.js';
import { isObject } from '../common/json.js';
import { emptyTable, type Field, type Join, type Table } from './model.js';

interface Inner {
  sql: string;
  problems: Problem[];
  tables: Set<Table>;
}

const TABLES_JOINED_MAX = 50;
const INTERVAL = /^(\w+)_(raw|millisecond|second|minute|hour|day|week|month|quarter|year)$/i;

/** Puts fields in place of their references: `${TABLE}.c`, `${dimension}`, `${table.field}`. */
export class FieldResolver {
  readonly #tables = new Map<string, Table>();
  readonly #known = new Map<string, Inner>();
  readonly #open = new Set<string>();
  readonly #joined = new Map<string, Table>();
  readonly #joins = new Map<Table, Map<string, Join>>();

  constructor(tables: readonly Table[]) {
    for (const table of tables) if (!this.#tables.has(table.name)) this.#tables.set(table.name, table);
  }

  table(name: string): Table | undefined {
    return this.#tables.get(name);
  }

  /** What is joined, under the name that it has there. A model without metadata of Lightdash has its columns for dimensions. */
  joined({ table: name, alias: called, place }: Join): Table {
    const base = this.#tables.get(name);
    if (base !== undefined && called === name) return base;
    const key = `${name}\n${called}`;
    const known = this.#joined.get(key);
    if (known !== undefined) return known;
    const made: Table = { ...(base ?? { ...emptyTable(name, place), relation: name }), name: called };
    this.#joined.set(key, made);
    return made;
  }

  /** The variants of a text of a table, and the other tables that it reads. `extra` are fields that only a chart knows. */
  resolve(text: string, table: Table, extra: ReadonlyMap<string, string> = new Map()): Neutralised & { tables: Set<Table> } {
    const notes = new Notes();
    const tables = new Set<Table>();
    const refused = refuseLength(text);
    if (refused !== null) return { ...refused, tables };
    const references = legacyReferences(text).map(({ start, end, expression }): Hole => {
      const hole = this.#hole(expression, table, extra, notes, tables);
      const isAll = text.slice(0, start).trim() === '' && text.slice(end).trim() === '';
      return { start, end, ...hole, ...(hole.text === undefined && isAll ? { text: 'NULL', assumption: `the field ${hole.name} is NULL` } : {}) };
    });
    const liquid = [...text.matchAll(/\{%[^%]{0,1000}%\}/g)].map((match): Hole => ({ start: match.index, end: match.index + match[0].length, name: 'liquid', text: '' }));
    const values = [...text.matchAll(/\{\{([^{}]{0,500})\}\}/g)].map((match): Hole => ({ start: match.index, end: match.index + match[0].length, name: (match[1] ?? '').trim() }));
    if (liquid.length > 0) notes.problem('unsupported', 'all branches of its Liquid are read as one text');
    const { variants, problems } = fillHoles(text, withinExpansion([...references, ...liquid, ...values], notes), { word: 'field' });
    return { variants, problems: mergeProblems([problems, notes.problems]), tables };
  }

  /** A field as SQL: the expression of a dimension, the aggregate of a metric. */
  field(table: Table, field: Field): Inner {
    const key = `${table.place.file.path}\n${table.place.pointer}\n${table.name}\n${field.kind}\n${field.name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#open.has(key) || this.#open.size >= REFERENCE_DEPTH_MAX) {
      return { sql: 'NULL', problems: [{ code: 'cyclic-reference', message: `the field ${table.name}.${field.name} is left out: its references lead back to it, or too deep` }], tables: new Set() };
    }
    this.#open.add(key);
    const expression = this.#expression(table, field);
    const inner = field.kind === 'metric' ? { ...expression, sql: this.aggregate(table, field, expression.sql, expression) } : { ...expression, sql: `(${expression.sql})` };
    this.#open.delete(key);
    const bounded: Inner = inner.sql.length <= EXPANSION_LENGTH_MAX ? inner : { sql: 'NULL', problems: [{ code: 'too-large', message: `the field ${table.name}.${field.name} expands to more than ${EXPANSION_LENGTH_MAX} characters` }], tables: new Set() };
    this.#known.set(key, bounded);
    return bounded;
  }

  /** The expression of a field without the aggregate; the column that it stands under where it has none of its own. */
  #expression(table: Table, field: Field): Inner {
    if (field.sql !== null) {
      const { variants, problems, tables } = this.resolve(field.sql, table);
      return { sql: variants[0]?.sql ?? 'NULL', problems, tables: new Set([...tables, table]) };
    }
    const dimension = field.kind === 'metric' && field.column !== null ? table.fields.get(field.column) : undefined;
    if (dimension !== undefined && dimension.kind === 'dimension' && dimension.sql !== null) return this.field(table, dimension);
    return { sql: field.kind === 'metric' && field.column === null ? '*' : `${alias(table.name)}.${field.column ?? field.name}`, problems: [], tables: new Set([table]) };
  }

  /** What stands for the expression of a metric without SQL: its column. */
  columnOf(table: Table, field: Field): Inner {
    return this.#expression(table, field);
  }

  /** The aggregate of a metric around an expression, with its filters. */
  aggregate(table: Table, field: Field, expression: string, into: { problems: Problem[]; tables: Set<Table> }): string {
    const conditions = field.filters.flatMap((filter) => (isObject(filter) ? Object.entries(filter) : [])).flatMap(([name, value]) => {
      const other = name.includes('.') ? this.#tables.get(name.split('.')[0] ?? '') : table;
      const found = other?.fields.get(name.split('.').at(-1) ?? '');
      if (other === undefined || found === undefined || found.kind === 'metric') {
        into.problems = mergeProblems([into.problems, [{ code: 'missing-reference', message: `there is no dimension ${name.slice(0, 80)} to filter by` }]]);
        return [];
      }
      const inner = this.field(other, found);
      into.problems = mergeProblems([into.problems, inner.problems]);
      for (const one of inner.tables) into.tables.add(one);
      return [conditionOf(inner.sql, value)];
    });
    const value = conditions.length === 0 ? expression : `CASE WHEN ${conditions.join(' AND ')} THEN ${expression === '*' ? '1' : expression} END`;
    const { before, after } = frameOf(field);
    return before === '' && conditions.length === 0 ? `(${value === '*' ? 'NULL' : value})` : `${before}${value}${after}`;
  }

  /** The relations of tables side by side; the last with its alias. */
  from(table: Table, tables: ReadonlySet<Table>): { relation: string; alias: string } {
    const all = [table, ...[...tables].filter((other) => other !== table)].slice(0, TABLES_JOINED_MAX);
    const parts = all.map((one) => ({ relation: relationOf(one), alias: alias(one.name) }));
    const last = parts.pop() ?? { relation: relationOf(table), alias: alias(table.name) };
    return { relation: parts.map((part) => `${part.relation} AS ${part.alias} CROSS JOIN `).join('') + last.relation, alias: last.alias };
  }

  #hole(expression: string, table: Table, extra: ReadonlyMap<string, string>, notes: Notes, tables: Set<Table>): Omit<Hole, 'start' | 'end'> {
    const name = expression.slice(0, 100);
    if (/^(lightdash|ld)\s*\./.test(expression)) return { name };
    if (expression === 'TABLE') {
      tables.add(table);
      return { name, text: alias(table.name) };
    }
    const own = extra.get(expression);
    if (own !== undefined) return { name, text: own };
    const found = this.find(expression.replace(/\s+/g, ''), table);
    if (found === null) {
      notes.problem('missing-reference', `there is no field ${name} among the models that were read`);
      return { name };
    }
    const inner = found.field === null ? { sql: `${alias(found.table.name)}.${found.column}`, problems: [], tables: new Set([found.table]) } : this.field(found.table, found.field);
    for (const { code, message } of inner.problems) notes.problem(code, message);
    for (const other of inner.tables) tables.add(other);
    return { name, text: found.interval === null ? inner.sql : `date_trunc(${quote(found.interval)}, ${inner.sql})` };
  }

  /** A field by `name` or `table.name`, perhaps with a time interval behind it. A column without metadata has no field. */
  find(path: string, table: Table): { table: Table; field: Field | null; column: string; interval: string | null } | null {
    const steps = path.split('.');
    const name = steps.at(-1) ?? '';
    const joined = steps.length === 2 ? this.#byAlias(steps[0] ?? '', table) : table;
    if (joined === undefined || steps.length > 2) return null;
    const field = joined.fields.get(name);
    if (field !== undefined) return { table: joined, field, column: name, interval: null };
    const [, base = '', interval = ''] = INTERVAL.exec(name) ?? [];
    const time = joined.fields.get(base);
    if (time !== undefined) return { table: joined, field: time, column: base, interval: interval.toLowerCase() === 'raw' ? null : interval.toLowerCase() };
    return steps.length === 2 && /^\w+$/.test(name) ? { table: joined, field: null, column: name, interval: null } : null;
  }

  #joinsOf(table: Table): Map<string, Join> {
    const known = this.#joins.get(table) ?? new Map(table.joins.toReversed().map((join) => [join.alias, join]));
    this.#joins.set(table, known);
    return known;
  }

  #byAlias(name: string, table: Table): Table | undefined {
    if (name === table.name) return table;
    const join = this.#joinsOf(table).get(name);
    return join === undefined ? this.#tables.get(name) : this.joined(join);
  }
}

export function alias(name: string): string {
  return name.replace(/\W+/g, '_');
}

export function relationOf(table: Table): string {
  const from = table.sqlFrom?.sql.trim() ?? table.relation;
  return /^(select|with)\b/i.test(from) ? `(\n${from.replace(/;$/, '')}\n)` : from;
}

/** The aggregate of a metric type (Lightdash's `MetricType`); nothing for those that calculate with other metrics. */
export function frameOf({ type, percentile }: Pick<Field, 'type' | 'percentile'>): { before: string; after: string } {
  switch (type) {
    case 'count':
    case 'sum':
    case 'min':
    case 'max':
      return { before: `${type}(`, after: ')' };
    case 'average':
      return { before: 'avg(', after: ')' };
    case 'count_distinct':
      return { before: 'count(DISTINCT ', after: ')' };
    case 'sum_distinct':
    case 'average_distinct':
      return { before: `${type === 'sum_distinct' ? 'sum' : 'avg'}(DISTINCT `, after: ')' };
    case 'median':
    case 'percentile':
      return { before: `percentile_cont(${type === 'median' ? 0.5 : (percentile ?? 50) / 100}) WITHIN GROUP (ORDER BY `, after: ')' };
    default:
      return { before: '', after: '' };
  }
}

/** A filter of a metric: `"true"`, `"> 5"`, `"!null"`, a list, or a text. */
function conditionOf(sql: string, value: unknown): string {
  if (Array.isArray(value)) return `${sql} IN (${value.slice(0, 100).map((item) => quote(String(item))).join(', ') || 'NULL'})`;
  const written = String(value).trim();
  if (/^!?null$/i.test(written)) return `${sql} IS ${written.startsWith('!') ? 'NOT ' : ''}NULL`;
  const truth = /^(!?)(true|false)$/i.exec(written);
  if (truth?.[2] !== undefined) return `${sql} ${truth[1] === '!' ? '<>' : '='} ${truth[2].toUpperCase()}`;
  const [, operator = '', number] = /^(>=|<=|>|<|!)?\s*(-?\d+(?:\.\d+)?)$/.exec(written) ?? [];
  if (number !== undefined) return `${sql} ${operator === '!' ? '<>' : operator === '' ? '=' : operator} ${number}`;
  if (/^inThe(Past|Next)\b|^%|%$/.test(written)) return `${sql} IS NOT NULL`;
  return `${sql} ${written.startsWith('!') ? '<>' : '='} ${quote(written.replace(/^!/, ''))}`;
}
