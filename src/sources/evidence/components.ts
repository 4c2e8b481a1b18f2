import type { Problem } from '../../model/query.js';
import { quote } from '../../template/placeholder.js';
import { mergeProblems } from '../../template/result.js';
import type { Attribute, Component } from './markdown.js';
import { filteredBase, metricSql, type MetricsView } from './metrics.js';
import type { StudioPage } from './studio.js';

/** The query that a component asks, rebuilt from its attributes. */
export interface ComponentQuery {
  name: string;
  id: string | null;
  title: string | null;
  start: number;
  sql: string | null;
  problems: Problem[];
  assumptions: string[];
}

/** Attributes that hold a column or an expression over columns. */
const COLUMN_ATTRIBUTES = [
  'x', 'y', 'y2', 'value', 'series', 'category', 'dimension', 'source', 'target', 'size', 'date', 'lat', 'lng', 'latitude', 'longitude', 'location', 'open', 'close',
  'high', 'low', 'value_column', 'label_column', 'columns', 'column', 'comparison', 'rows', 'measures', 'values', 'group', 'color_by', 'tooltip_fields',
];
const AGGREGATE = /^\s*(?:sum|count|avg|min|max|median|stddev|any_value|approx_\w+|quantile\w*|percentile\w*|uniq\w*)\s*\(|\)\s*filter\s*\(/i;

/** Components within components, at most. */
const OPEN_MAX = 100;

interface Draft {
  component: Component;
  data: Attribute | undefined;
  columns: string[];
  metrics: string[];
}

/** Goes through the components of a page; parts such as `{% measure %}` stand for the one around them. */
export class ComponentReader {
  readonly #metrics = new Map<string, { view: MetricsView; sql: string; filter: string | null }>();

  constructor(
    readonly page: StudioPage,
    readonly views: readonly MetricsView[],
  ) {
    for (const view of views) {
      // Of two metrics with a name the first file's is meant.
      for (const [name, { sql, filter }] of view.metrics) if (!this.#metrics.has(name)) this.#metrics.set(name, { view, sql, filter });
    }
  }

  queries(): ComponentQuery[] {
    const drafts: Draft[] = [];
    const open: { name: string; draft: Draft | null }[] = [];
    for (const component of this.page.components) {
      if (component.kind === 'close') {
        const at = open.findLastIndex(({ name }) => name === component.name);
        if (at >= 0) open.length = at;
        continue;
      }
      const draft: Draft = { component, data: component.attributes.get('data'), columns: columnsOf(component), metrics: texts(component.attributes.get('metric')) };
      const around = open.findLast((one) => one.draft !== null)?.draft ?? null;
      const isPart = around !== null && draft.data === undefined;
      if (isPart) {
        around.columns.push(...draft.columns);
        around.metrics.push(...draft.metrics);
      } else if (draft.data !== undefined || draft.metrics.length > 0 || component.kind === 'open') {
        drafts.push(draft);
      }
      if (component.kind === 'open' && open.length < OPEN_MAX) open.push({ name: component.name, draft: isPart ? null : draft });
    }
    return drafts.flatMap((draft) => (draft.data === undefined && draft.metrics.length === 0 ? [] : this.#query(draft)));
  }

  #query({ component, data, columns, metrics }: Draft): ComponentQuery[] {
    const { name, attributes, start } = component;
    const common = { name, id: attributes.get('id')?.text ?? null, title: plainTitle(attributes.get('title')), start };
    const problems: Problem[][] = [];
    const conditions = this.#conditions(component, problems);
    const queries: { from: string; columns: string[]; alias: string }[] = [];
    if (data !== undefined) {
      const relation = this.#relation(data, problems);
      if (relation === null) return [{ ...common, sql: null, problems: mergeProblems([...problems, [{ code: 'dynamic-relation', message: `the data of the component ${name} is known to the running page only` }]]), assumptions: [] }];
      queries.push({ ...relation, columns });
    }
    for (const metric of metrics) {
      const found = this.#metrics.get(metric);
      if (found === undefined) {
        problems.push([{ code: 'missing-reference', message: `no file of metrics defines ${metric.slice(0, 80)}` }]);
        continue;
      }
      const read = metricSql(found.view, found.sql, [metric]);
      problems.push(read.problems);
      const time = name.endsWith('_chart') && found.view.date !== null && columns.length === 0 ? [`date_trunc(${quote(found.view.grain ?? 'day')}, ${found.view.date})`] : [];
      const keys = columns.map((column) => found.view.dimensions.get(column) ?? column);
      queries.push({ from: filteredBase(found.view, found.filter), alias: 't', columns: [...time, ...keys, `(${read.variants[0]?.sql ?? 'NULL'})`] });
    }
    const all = queries.map(({ from, alias, columns: selected }) => statement(from, alias, selected, conditions, metrics.length > 0));
    const sql = all.length === 0 ? null : all.length === 1 ? (all[0] ?? null) : all.map((one) => `(${one})`).join(' UNION ALL ');
    return [{ ...common, sql, problems: mergeProblems(problems), assumptions: all.length > 1 ? ['the metrics are shown as one statement'] : [] }];
  }

  #relation(data: Attribute, problems: Problem[][]): { from: string; alias: string } | null {
    const name = (data.text ?? /^\{\s*([\w.]+)\s*\}$/.exec(data.source)?.[1] ?? '').trim();
    if (!/^[\w.$"`-]+$/.test(name) || name.startsWith('$')) return null;
    const query = this.page.relation(name);
    if (query === null) return { from: name, alias: 't' };
    problems.push(query.problems);
    return { from: query.sql, alias: 't' };
  }

  #conditions({ attributes }: Component, problems: Problem[][]): string[] {
    const conditions: string[] = [];
    const where = attributes.get('where')?.text ?? null;
    if (where !== null && where.trim() !== '') {
      const read = this.page.render(where);
      problems.push(read.problems.filter(({ message }) => message !== 'the text is empty'));
      const sql = read.variants.at(-1)?.sql ?? 'TRUE';
      conditions.push(`(\n${/\{\{/.test(sql) ? 'TRUE' : sql}\n)`);
    }
    for (const id of [...(attributes.get('filters')?.items ?? []), ...texts(attributes.get('filter'))]) {
      const filter = this.page.filterOf(id);
      if (filter !== null) conditions.push(filter);
    }
    const date = /\bdate\s*=\s*"([\w.]{1,100})"/.exec(attributes.get('date_range')?.source ?? '')?.[1];
    if (date !== undefined) conditions.push(`(${date}) IS NOT NULL`);
    return conditions;
  }
}

function statement(from: string, alias: string, columns: readonly string[], conditions: readonly string[], isAggregate: boolean): string {
  const unique = [...new Set(columns)];
  const keys = new Set(unique.filter((column, index) => !AGGREGATE.test(column) && !(isAggregate && index === unique.length - 1)));
  const groups = keys.size > 0 && (isAggregate || keys.size < unique.length) ? ` GROUP BY ${unique.flatMap((column, index) => (keys.has(column) ? [index + 1] : [])).join(', ')}` : '';
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `SELECT ${unique.length === 0 ? '*' : unique.join(', ')} FROM ${from} AS ${alias}${where}${groups}`;
}

function columnsOf({ attributes, name }: Component): string[] {
  const known = COLUMN_ATTRIBUTES.flatMap((key) => texts(attributes.get(key)));
  // An option's value is a value, not a column.
  return name === 'option' ? [] : known.filter((text) => text.trim() !== '' && !/\{\{|\}\}|;|^\$/.test(text)).map((text) => text.replace(/\s+as\s+"?\w+"?\s*$/i, ''));
}

function texts(attribute: Attribute | undefined): string[] {
  if (attribute === undefined) return [];
  return attribute.text === null ? attribute.items : [attribute.text];
}

function plainTitle(attribute: Attribute | undefined): string | null {
  const text = attribute?.text?.trim() ?? '';
  return text === '' ? null : text;
}
