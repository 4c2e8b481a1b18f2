import type { CollectedQuery, ConnectionReference, Problem } from '../../model/query.js';
import { neutraliseStudio } from '../../template/evidence-references.js';
import { EXPANSION_LENGTH_MAX, REFERENCE_DEPTH_MAX } from '../../template/expansion.js';
import { frameVariant } from '../../template/frame.js';
import type { Hole } from '../../template/holes.js';
import { mergeProblems, Notes, type Neutralised } from '../../template/result.js';
import { rebuiltVariant } from '../../template/wrap.js';
import type { SourceFile } from '../common/source-file.js';
import { ComponentReader } from './components.js';
import { sharedTexts } from './legacy.js';
import type { Component } from './markdown.js';
import type { MetricsView } from './metrics.js';
import type { ReadPageFile } from './project.js';
import { queryRecord, stemOf } from './record.js';

/** What a page of Evidence Studio asks of the warehouse each time it is opened: its fenced queries and its components. */
export function studioPage(page: ReadPageFile, shared: readonly SourceFile[], views: readonly MetricsView[], connection: ConnectionReference | null): CollectedQuery[] {
  const reader = new StudioPage(page, shared);
  const { file, variables } = page;
  const common = { container: { kind: 'dashboard', id: file.path, title: typeof variables['title'] === 'string' ? variables['title'] : stemOf(file.path) } as const, connection, schedule: 'live' };
  const fences = [...reader.named].map(([name, { text, start }]) =>
    queryRecord({ ...common, id: `${file.path}:${name}`, title: name, origin: { file: file.path, pointer: `query ${name}`, ...file.position(start) }, raw: text, ...reader.query(name, text) }),
  );
  const taken = new Map<string, number>();
  const components = new ComponentReader(reader, views).queries().map(({ name, id, title, start, sql, problems, assumptions }) => {
    const count = (taken.get(id ?? title ?? name) ?? 0) + 1;
    taken.set(id ?? title ?? name, count);
    const key = `component:${id ?? title ?? name}${count === 1 ? '' : `#${count}`}`;
    return queryRecord({
      ...common,
      id: `${file.path}:${key}`,
      title: title ?? `${name} of ${stemOf(file.path)}`,
      origin: { file: file.path, pointer: name, ...file.position(start) },
      raw: '',
      reconstructed: true,
      variants: sql === null ? [] : [rebuiltVariant('default', sql, ['the SQL is rebuilt from the attributes of the component', ...assumptions])],
      problems,
    });
  });
  return [...fences, ...components];
}

/** A page: its named queries, the values of its variables and its inputs. */
export class StudioPage {
  /** By name, in the order of the page. */
  readonly named = new Map<string, { text: string; start: number }>();
  readonly components: readonly Component[];
  readonly #inputs = new Map<string, Component>();
  readonly #shared: ReadonlyMap<string, string>;
  readonly #variables: Record<string, unknown>;
  readonly #open: string[] = [];
  readonly #relations = new Map<string, { sql: string; problems: Problem[] }>();

  constructor({ page, variables }: ReadPageFile, shared: readonly SourceFile[]) {
    this.components = page.components;
    this.#variables = variables;
    for (const { language, meta, text, start } of page.fences) {
      const name = /^[A-Za-z_]\w*/.exec(meta)?.[0];
      if (language.toLowerCase() === 'sql' && name !== undefined) this.named.set(name, { text, start });
    }
    for (const component of page.components) {
      const id = component.attributes.get('id')?.text;
      if (id !== null && id !== undefined && component.kind !== 'close') this.#inputs.set(id, component);
    }
    this.#shared = sharedTexts(shared);
  }

  /** A fenced query, with those of the page that it reads put before it. */
  query(name: string, text: string): Neutralised {
    const read = this.render(text);
    const variants = read.variants.map((variant) => {
      const before = this.#readBy(variant.sql, name);
      if (before === '') return variant;
      return { ...frameVariant(variant, before, ''), assumptions: [...variant.assumptions, 'queries of the page that it reads are put before it'] };
    });
    return { variants, problems: read.problems };
  }

  /** A text with its variables filled. */
  render(text: string): Neutralised {
    const notes = new Notes();
    const { variants, problems } = neutraliseStudio(text, (expression) => this.#hole(expression, notes), (expression) => this.#isEmpty(expression));
    return { variants, problems: mergeProblems([problems, notes.problems]) };
  }

  /** A query of the page or of `queries/` as a relation; null where the name is that of a table. */
  relation(name: string): { sql: string; problems: Problem[] } | null {
    const text = this.named.get(name)?.text ?? this.#shared.get(name);
    if (text === undefined) return null;
    const known = this.#relations.get(name);
    if (known !== undefined) return known;
    if (this.#open.includes(name)) return { sql: name, problems: [{ code: 'cyclic-reference', message: `the query ${name} contains itself` }] };
    this.#open.push(name);
    const { variants, problems } = this.query(name, text);
    this.#open.pop();
    const sql = (variants[0]?.sql ?? '').trim().replace(/;$/, '');
    const isLong = sql.length > EXPANSION_LENGTH_MAX;
    const found = isLong || sql === '' ? { sql: name, problems: isLong ? [...problems, tooLong(name)] : problems } : { sql: `(\n${sql}\n)`, problems };
    this.#relations.set(name, found);
    return found;
  }

  /** The condition that an input puts on the column that it filters by; null where it filters none. */
  filterOf(id: string): string | null {
    const column = this.#inputs.get(id)?.attributes.get('value_column')?.text ?? this.#inputs.get(id)?.attributes.get('date')?.text ?? null;
    return column === null ? null : `(${column}) IS NOT NULL`;
  }

  #readBy(sql: string, own: string): string {
    const parts: string[] = [];
    const seen = new Set([own]);
    let length = 0;
    for (const match of sql.matchAll(/\b(?:from|join)\s+([A-Za-z_]\w*)\b(?!\s*[.(])/gi)) {
      const name = match[1] ?? '';
      if (seen.has(name)) continue;
      seen.add(name);
      const relation = this.#open.length < REFERENCE_DEPTH_MAX ? this.relation(name) : null;
      if (relation === null || !relation.sql.startsWith('(')) continue;
      length += relation.sql.length;
      if (length <= EXPANSION_LENGTH_MAX) parts.push(`${name} AS ${relation.sql}`);
    }
    if (parts.length === 0) return '';
    // A query that begins with WITH goes on with its own common tables.
    return /^\s*with\s/i.test(sql) ? '' : `WITH ${parts.join(', ')}\n`;
  }

  #hole(expression: string, notes: Notes): Omit<Hole, 'start' | 'end'> {
    const [before = '', ...after] = expression.split('|');
    const path = before.trim();
    const fallback = after.join('|').trim();
    if (path.startsWith('$')) {
      const value = valueAt(this.#variables, path.slice(1));
      if (value !== undefined) return { name: path, text: value, assumption: `${path} is as in the front matter` };
      return { name: path };
    }
    const [id = '', property = 'selected'] = path.split('.');
    const relation = this.#inputs.has(id) ? null : this.relation(path);
    if (relation !== null) {
      for (const { code, message } of relation.problems) notes.problem(code, message);
      return { name: path, text: relation.sql };
    }
    if (property === 'filter') return { name: path, text: this.filterOf(id) ?? 'TRUE', assumption: `the input ${id} is set` };
    if (/^('[^']*'|-?\d+(\.\d+)?)$/.test(fallback)) return { name: path, text: fallback, assumption: `${path} has its fallback value` };
    return property === 'literal' ? { name: path } : { name: path, type: 'text' };
  }

  #isEmpty(expression: string): boolean {
    const [before = '', fallback] = expression.split('|');
    const path = before.trim();
    if (path.startsWith('$')) return (valueAt(this.#variables, path.slice(1)) ?? '') === '';
    const attributes = this.#inputs.get(path.split('.')[0] ?? '')?.attributes;
    return fallback === undefined && attributes?.get('initial_value') === undefined && attributes?.get('select_first')?.source !== 'true';
  }
}

function tooLong(name: string): Problem {
  return { code: 'too-large', message: `the query ${name} is too long to be read within another` };
}

/** The value at `company.name` or `colors[0]`, as the page would show it. */
function valueAt(variables: Record<string, unknown>, path: string): string | undefined {
  let at: unknown = variables;
  for (const step of path.split(/[.[\]]+/).filter((part) => part !== '').slice(0, 20)) {
    const inner: unknown = typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? Object.entries(at).find(([key]) => key === step)?.[1] : undefined;
    at = inner;
  }
  return typeof at === 'string' || typeof at === 'number' || typeof at === 'boolean' ? String(at) : undefined;
}
