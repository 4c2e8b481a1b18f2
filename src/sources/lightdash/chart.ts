import type { Problem } from '../../model/query.js';
import { frameVariant } from '../../template/frame.js';
import { mergeProblems } from '../../template/result.js';
import { rebuiltVariant, wrapFragment } from '../../template/wrap.js';
import { isObject } from '../common/json.js';
import type { Origins } from '../common/origins.js';
import type { LightdashFragment } from './fragments.js';
import type { Place, Table } from './model.js';
import { alias, frameOf, relationOf, type FieldResolver } from './resolver.js';
import { additionalMetricShape, calculationShape, customDimensionShape, type Chart, type MetricQuery } from './shapes.js';

/** A chart: the query that its explore makes of it, and each SQL text that it brings along. */
export function chartFragments(chart: Chart, place: Place, resolver: FieldResolver, origins: Origins): LightdashFragment[] {
  const query = chart.metricQuery;
  const title = chart.name ?? chart.slug ?? 'chart';
  const common = { title, description: chart.description ?? null, owner: null };
  if (query === null || query === undefined) return [];
  const explore = query.exploreName ?? chart.tableName ?? '';
  const table = resolver.table(explore);
  const at: Place = { file: place.file, pointer: `${place.pointer}/metricQuery` };
  const own = ownFields(query, table, at, resolver, origins, title);
  const whole: LightdashFragment = { ...common, part: '', role: 'query', sqlKind: 'statement', origin: origins.add(place.file, place.pointer), raw: '', reconstructed: true, variants: [], problems: [] };
  if (table === undefined) {
    whole.problems = [{ code: 'missing-reference', message: `the explore ${explore.slice(0, 80)} is not among the files` }];
  } else {
    const { sql, problems } = new ChartQuery(query, table, own.sql, resolver).build();
    whole.problems = problems;
    if (sql !== null) whole.variants = [rebuiltVariant('default', sql, ['the SQL is rebuilt from the fields of the chart', 'filters are shown as conditions on their fields'])];
  }
  return [whole, ...own.fragments];
}

/** Metrics, dimensions and calculations that only the chart defines. */
class OwnFields {
  readonly fragments: LightdashFragment[] = [];
  /** As SQL, by the id that the chart uses. */
  readonly sql = new Map<string, string>();

  constructor(
    readonly title: string,
    readonly table: Table | undefined,
    readonly place: Place,
    readonly resolver: FieldResolver,
    readonly origins: Origins,
  ) {}

  metric(item: unknown, at: string): void {
    const { data } = additionalMetricShape.safeParse(item);
    if (!data?.name || !data.sql) return;
    const frame = frameOf({ type: data.type ?? null, percentile: data.percentile ?? null });
    const sql = this.#read({ part: `metric:${data.name}`, role: 'metric', text: data.sql, at, table: this.#tableOf(data.table), name: data.label ?? data.name, frame });
    if (sql !== null) this.sql.set(`${data.table ?? this.table?.name ?? ''}_${data.name}`, sql);
  }

  dimension(item: unknown, at: string): void {
    const { data } = customDimensionShape.safeParse(item);
    const id = data?.id ?? data?.name;
    if (!data?.sql || !id) return;
    const sql = this.#read({ part: `dimension:${id}`, role: 'dimension', text: data.sql, at, table: this.#tableOf(data.table), name: data.name ?? id, frame: NO_FRAME });
    if (sql !== null) this.sql.set(id, sql);
  }

  calculation(item: unknown, at: string): void {
    const { data } = calculationShape.safeParse(item);
    if (!data?.name || !data.sql) return;
    this.#read({ part: `calculation:${data.name}`, role: 'metric', text: data.sql, at, table: this.table, name: data.displayName ?? data.name, frame: NO_FRAME, extra: new Map(fieldNames(data.sql, this.sql)) });
  }

  #tableOf(name: string | null | undefined): Table | undefined {
    return (name ? this.resolver.table(name) : undefined) ?? this.table;
  }

  #read({ part, role, text, at, table, name, frame, extra }: OwnField): string | null {
    const { file, pointer } = this.place;
    const common = { part, role, sqlKind: 'expression', title: `${this.title}: ${name}`, description: null, owner: null, origin: this.origins.add(file, `${pointer}/${at}/sql`), raw: text, reconstructed: false } as const;
    if (table === undefined) {
      this.fragments.push({ ...common, variants: [], problems: [{ code: 'missing-reference', message: 'the explore of the chart is not among the files' }] });
      return null;
    }
    const { variants, problems, tables } = this.resolver.resolve(text, table, extra);
    const { relation, alias: called } = this.resolver.from(table, tables);
    const framed = variants.map((variant) => (frame.before === '' ? variant : frameVariant(variant, `${frame.before}\n`, `\n${frame.after}`)));
    this.fragments.push({ ...common, variants: framed.map((variant) => wrapFragment(variant, 'expression', relation, called)), problems });
    const first = variants[0]?.sql;
    return first === undefined ? null : frame.before === '' ? `(${first})` : `${frame.before}${first}${frame.after}`;
  }
}

interface OwnField {
  part: string;
  role: LightdashFragment['role'];
  text: string;
  /** Below the query of the chart. */
  at: string;
  table: Table | undefined;
  name: string;
  frame: { before: string; after: string };
  extra?: ReadonlyMap<string, string>;
}

const NO_FRAME = { before: '', after: '' };

function ownFields(query: MetricQuery, table: Table | undefined, place: Place, resolver: FieldResolver, origins: Origins, title: string): OwnFields {
  const own = new OwnFields(title, table, place, resolver, origins);
  for (const [index, item] of (query.additionalMetrics ?? []).entries()) own.metric(item, `additionalMetrics/${index}`);
  for (const [index, item] of (query.customDimensions ?? []).entries()) own.dimension(item, `customDimensions/${index}`);
  for (const [index, item] of (query.tableCalculations ?? []).entries()) own.calculation(item, `tableCalculations/${index}`);
  return own;
}

/** A calculation names a field of the chart as `table.field`; metrics that only the chart has are put in. */
function fieldNames(text: string, own: ReadonlyMap<string, string>): [string, string][] {
  return [...text.matchAll(/\$\{\s*(\w{1,200}(?:\.\w{1,200})?)\s*\}/g)].flatMap((match): [string, string][] => {
    const name = match[1] ?? '';
    const sql = own.get(name.replace('.', '_'));
    return sql === undefined ? [] : [[name, sql]];
  });
}

class ChartQuery {
  readonly #problems: Problem[][] = [];
  readonly #tables = new Set<Table>();

  constructor(
    readonly query: MetricQuery,
    readonly table: Table,
    readonly own: ReadonlyMap<string, string>,
    readonly resolver: FieldResolver,
  ) {}

  build(): { sql: string | null; problems: Problem[] } {
    const dimensions = (this.query.dimensions ?? []).flatMap((id) => this.#field(id) ?? []);
    const metrics = (this.query.metrics ?? []).flatMap((id) => this.#field(id) ?? []);
    const { filters } = this.query;
    const where = [...this.#tableFilters(), ...conditionsOf(isObject(filters) ? filters['dimensions'] : null, 0).flatMap((id) => this.#field(id) ?? []).map((sql) => `${sql} IS NOT NULL`)];
    const having = conditionsOf(isObject(filters) ? filters['metrics'] : null, 0).flatMap((id) => this.#field(id) ?? []).map((sql) => `${sql} IS NOT NULL`);
    const columns = [...dimensions, ...metrics];
    const from = this.#from();
    const problems = mergeProblems(this.#problems);
    if (columns.length === 0) return { sql: null, problems: problems.length > 0 ? problems : [{ code: 'unsupported', message: 'the chart names no fields' }] };
    const groups = dimensions.length > 0 && metrics.length > 0 ? ` GROUP BY ${dimensions.map((_, index) => index + 1).join(', ')}` : '';
    const sql = `SELECT ${columns.join(', ')} FROM ${from}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}${groups}${having.length > 0 ? ` HAVING ${having.join(' AND ')}` : ''}`;
    return { sql, problems };
  }

  /** A field by the id that charts use: the table, `_`, the field. */
  #field(id: string): string | null {
    const own = this.own.get(id);
    if (own !== undefined) return own;
    const names = [this.table.name, ...this.table.joins.map(({ alias: name }) => name)].filter((name) => id.startsWith(`${name}_`)).toSorted((one, other) => other.length - one.length);
    for (const name of names) {
      const path = `${name}.${id.slice(name.length + 1)}`;
      const { variants, problems, tables } = this.resolver.resolve(`\${${path}}`, this.table);
      if (variants[0] === undefined || problems.some(({ code }) => code === 'missing-reference')) continue;
      this.#problems.push(problems);
      for (const table of tables) this.#tables.add(table);
      return variants[0].sql;
    }
    this.#problems.push([{ code: 'missing-reference', message: `the field ${id.slice(0, 80)} is not among the models that were read` }]);
    return null;
  }

  /** The base with the joins that the fields need, in the order of the explore. */
  #from(): string {
    const parts = [`${relationOf(this.table)} AS ${alias(this.table.name)}`];
    const needed = [...this.#tables].filter((table) => table !== this.table);
    for (const join of this.table.joins) {
      if (needed.length === 0) continue;
      const joined = this.resolver.joined(join);
      const on = join.sqlOn === null ? null : this.resolver.resolve(join.sqlOn, this.table);
      if (on !== null) this.#problems.push(on.problems);
      const kind = /^(inner|right|full)$/i.test(join.type) ? join.type.toUpperCase() : 'LEFT';
      parts.push(`${kind} JOIN ${relationOf(joined)} AS ${alias(joined.name)} ON (\n${on?.variants[0]?.sql ?? 'TRUE'}\n)`);
    }
    const known = new Set(this.table.joins.map((join) => this.resolver.joined(join)));
    for (const table of needed) if (!known.has(table)) parts.push(`CROSS JOIN ${relationOf(table)} AS ${alias(table.name)}`);
    return [...new Set(parts)].join(' ');
  }

  #tableFilters(): string[] {
    return this.table.filters.filter(({ part }) => !part.includes(':')).flatMap(({ sql }) => {
      const { variants, problems, tables } = this.resolver.resolve(sql, this.table);
      this.#problems.push(problems);
      for (const table of tables) this.#tables.add(table);
      return variants[0] === undefined ? [] : [`(\n${variants[0].sql}\n)`];
    });
  }
}

/** The fields that a group of filters names. */
function conditionsOf(group: unknown, depth: number): string[] {
  if (!isObject(group) || depth > 10) return [];
  const { target } = group;
  const field = isObject(target) && typeof target['fieldId'] === 'string' ? [target['fieldId']] : [];
  const inner = [group['and'], group['or']].flatMap((items) => (Array.isArray(items) ? items : []));
  return [...new Set([...field, ...inner.flatMap((item) => conditionsOf(item, depth + 1))])];
}
