import type { CollectedQuery, ConnectionReference } from '../../model/query.js';
import { cubeConstructs } from '../../template/cube-members.js';
import { EXPANSION_LENGTH_MAX, REFERENCE_DEPTH_MAX, withinExpansion } from '../../template/expansion.js';
import { fillHoles, type Hole } from '../../template/holes.js';
import { mergeProblems, Notes, type Neutralised } from '../../template/result.js';
import { wrapFragment } from '../../template/wrap.js';
import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf } from '../common/words.js';
import type { EvidenceProjects } from './project.js';
import { queryRecord, stemOf } from './record.js';

/** A metric of a `metrics/*.yaml`, as components refer to it. */
export interface Metric {
  view: MetricsView;
  sql: string;
  filter: string | null;
}

export interface MetricsView {
  file: SourceFile;
  /** A table, or `(SELECT …)`. */
  base: string;
  date: string | null;
  grain: string | null;
  dimensions: Map<string, string>;
  metrics: Map<string, { sql: string; filter: string | null; value: Record<string, unknown> }>;
  /** What references to metrics came to, by name. */
  expanded: Map<string, Neutralised>;
}


export function metricsViews(files: readonly SourceFile[]): MetricsView[] {
  return files.flatMap((file) => {
    const { yaml } = file;
    if (!isObject(yaml)) return [];
    const text = (key: string): string | null => (typeof yaml[key] === 'string' && yaml[key].trim() !== '' ? yaml[key] : null);
    const base = text('base') ?? (text('base_sql') === null ? null : `(\n${(text('base_sql') ?? '').trim().replace(/;$/, '')}\n)`);
    if (base === null) return [];
    const entries = isObject(yaml['metrics']) ? Object.entries(yaml['metrics']) : [];
    const metrics = new Map(
      entries.flatMap(([name, value]) => (isObject(value) && typeof value['sql'] === 'string' ? [[name, { sql: value['sql'], filter: typeof value['filter'] === 'string' ? value['filter'] : null, value }] as const] : [])),
    );
    const dimensions = isObject(yaml['dimensions']) ? Object.entries(yaml['dimensions']) : [];
    return [{ file, base, date: text('date'), grain: text('default_date_grain'), metrics, expanded: new Map(), dimensions: new Map(dimensions.flatMap(([name, sql]) => (typeof sql === 'string' ? [[name, sql] as const] : []))) }];
  });
}

/** A metric's SQL with `{other}` replaced by what it means; problems where that is not known. */
export function metricSql(view: MetricsView, sql: string, open: readonly string[] = []): Neutralised {
  const notes = new Notes();
  const holes: Hole[] = cubeConstructs(sql, 'yaml').flatMap(({ start, end, reference }) => {
    if (reference.kind !== 'path' || reference.path.length !== 1) return [];
    const name = reference.path[0] ?? '';
    const other = view.metrics.get(name);
    if (other === undefined) notes.problem('missing-reference', `the file has no metric ${name}`);
    else if (open.includes(name) || open.length >= REFERENCE_DEPTH_MAX) notes.problem('cyclic-reference', `the metric ${name} contains itself`);
    else {
      const inner = view.expanded.get(name) ?? metricSql(view, other.sql, [...open, name]);
      view.expanded.set(name, inner);
      for (const { code, message } of inner.problems) notes.problem(code, message);
      const aggregate = inner.variants[0]?.sql ?? 'NULL';
      // As Evidence compiles it, the filter of a metric belongs to its aggregate.
      const text = other.filter !== null && isOneCall(aggregate) ? `(${aggregate} FILTER (WHERE ${other.filter}\n))` : `(${aggregate})`;
      if (text.length <= EXPANSION_LENGTH_MAX) return [{ start, end, name, text }];
      notes.problem('too-large', `the metric ${name} expands to more than ${EXPANSION_LENGTH_MAX} characters`);
    }
    return [{ start, end, name, text: 'NULL', assumption: `the metric ${name} is NULL` }];
  });
  const { variants, problems } = fillHoles(sql, withinExpansion(holes, notes), { word: 'metric' });
  return { variants, problems: mergeProblems([problems, notes.problems]) };
}

/** True for `sum(a * b)`, false for `sum(a) / sum(b)`. */
function isOneCall(sql: string): boolean {
  const text = sql.trim();
  if (!/^\w+\s*\(/.test(text)) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text.charAt(at) === '(') depth++;
    else if (text.charAt(at) === ')' && --depth === 0) return at === text.length - 1;
  }
  return false;
}

/** The base as a metric's filter narrows it. */
export function filteredBase(view: MetricsView, filter: string | null): string {
  return filter === null ? view.base : `(\nSELECT * FROM ${view.base} AS base WHERE (\n${filter}\n)\n)`;
}

/** What the files of `metrics/` hold: bases, dimensions, metrics and their filters. */
export function metricQueries(views: readonly MetricsView[], projects: EvidenceProjects, live: ConnectionReference | null, origins: Origins): CollectedQuery[] {
  return views.flatMap((view) => {
    const { file } = view;
    const common = { container: { kind: 'model', id: file.path, title: stemOf(file.path) } as const, connection: projects.connectionOf(file.path) ?? live, schedule: 'live' };
    const yaml: unknown = file.yaml;
    const queries: CollectedQuery[] = [];
    if (isObject(yaml) && typeof yaml['base_sql'] === 'string') {
      queries.push(queryRecord({ ...common, id: `${file.path}:base_sql`, role: 'relation', title: stemOf(file.path), origin: origins.add(file, '/base_sql'), raw: yaml['base_sql'], ...fillHoles(yaml['base_sql'], []) }));
    } else {
      const { variants, problems } = fillHoles(view.base, []);
      queries.push(queryRecord({ ...common, id: `${file.path}:base`, role: 'relation', sqlKind: 'relation', title: stemOf(file.path), origin: origins.add(file, '/base'), raw: view.base, variants: variants.map((variant) => wrapFragment(variant, 'relation', null)), problems }));
    }
    const fragment = (part: string, pointer: string, text: string, rest: { role: 'dimension' | 'metric' | 'filter'; sqlKind: 'expression' | 'predicate'; title: string; description?: string | null }, read: Neutralised, base: string): void => {
      queries.push(queryRecord({ ...common, ...rest, id: `${file.path}:${part}`, origin: origins.add(file, pointer), raw: text, variants: read.variants.map((variant) => wrapFragment(variant, rest.sqlKind, base)), problems: read.problems }));
    };
    for (const [name, sql] of view.dimensions) {
      fragment(`dimension:${name}`, `/dimensions${pointerStep(name)}`, sql, { role: 'dimension', sqlKind: 'expression', title: name }, fillHoles(sql, []), view.base);
    }
    for (const [name, { sql, filter, value }] of view.metrics) {
      const title = typeof value['label'] === 'string' ? value['label'] : name;
      const description = typeof value['description'] === 'string' ? descriptionOf(value['description']) : null;
      fragment(`metric:${name}`, `/metrics${pointerStep(name)}/sql`, sql, { role: 'metric', sqlKind: 'expression', title, description }, metricSql(view, sql, [name]), filteredBase(view, filter));
      if (filter !== null) fragment(`metric:${name}:filter`, `/metrics${pointerStep(name)}/filter`, filter, { role: 'filter', sqlKind: 'predicate', title }, fillHoles(filter, []), view.base);
    }
    return queries;
  });
}
