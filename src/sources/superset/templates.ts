import { parsedJson } from '../common/json.js';
import type { QueryVariant, SqlKind } from '../../model/query.js';
import { neutraliseJinja, type JinjaEnvironment } from '../../template/jinja.js';
import { TEXT_LENGTH_MAX, VARIANTS_MAX } from '../../template/limits.js';
import { mergeProblems, type Neutralised } from '../../template/result.js';
import { quoteIdentifier } from '../../template/placeholder.js';
import { compose, Rewriter } from '../../template/rewrite.js';
import { wrapFragment } from '../../template/wrap.js';
import type { SourceFile } from '../common/source-file.js';
import { supersetEnvironment } from './environment.js';
import type { DatasetEntry, Inventory } from './inventory.js';
import { columnShape, metricShape } from './shapes.js';
import { unwrapped } from './items.js';

/** What the fragments of a dataset stand over. */
export interface Relation {
  /** In SQL: a name, or a query in parentheses; null where nobody knows it. */
  sql: string | null;
  alias: string;
}

/** Datasets and metrics include one another at most so deep. */
const INCLUDED_DEPTH_MAX = 20;
/** The SQL of datasets stands again below each of their metrics and charts: all in all at most so many characters. */
const WRITTEN_LENGTH_MAX = 100_000_000;
/** One text takes in at most so many others. */
const INCLUDED_MAX = 200;
const EMPTY: ReadonlyMap<string, string> = new Map();

/** Renders SQL of an export: templates of the asset repository first, then those of Superset. */
export class Templates {
  /** Datasets and metrics that are being written: one that includes itself ends there. */
  readonly #active = new Set<string>();
  /** How often something that includes itself, or too deep, was left out. */
  #cuts = 0;
  #entered = 0;
  #written = 0;
  readonly #relations = new Map<DatasetEntry, Relation>();

  readonly #loaded = new Set<SourceFile>();

  constructor(readonly inventory: Inventory) {}

  /** SQL files that no template has included so far. */
  unused(): SourceFile[] {
    return this.inventory.includes.filter((file) => !this.#loaded.has(file));
  }

  render(raw: string, dataset: DatasetEntry | null, params: unknown = dataset?.value.template_params, branches = true): Neutralised {
    const environment = this.#environment(dataset, params);
    if (!isAssetTemplate(raw)) return neutraliseJinja(raw, environment, { branches });
    // `preset-cli` renders its files before it imports them; what they escape is left for Superset.
    const assets = neutraliseJinja(raw, { globals: EMPTY, load: (name) => this.#load(name) }, { branches: false });
    const [rendered] = assets.variants;
    if (rendered === undefined) return assets;
    const outer = withBraces(rendered);
    const inner = neutraliseJinja(outer.sql, environment, { branches });
    const variants = inner.variants.slice(0, VARIANTS_MAX).map((variant) => ({
      ...variant,
      map: variant.sql === raw ? [] : compose(variant.map, outer.map),
      assumptions: [...new Set([...outer.assumptions, ...variant.assumptions])],
    }));
    return { variants, problems: mergeProblems([assets.problems, inner.problems]) };
  }

  /** The query of a virtual dataset, which must not include itself. */
  statement(raw: string, dataset: DatasetEntry): Neutralised {
    const key = keyOf(dataset);
    this.#active.add(key);
    const rendered = this.render(raw, dataset);
    this.#active.delete(key);
    return rendered;
  }

  /** The one text that runs untouched, for what is built from parts; null where it cannot be read. */
  plain(raw: string, dataset: DatasetEntry | null): string | null {
    const [first] = this.render(raw, dataset, dataset?.value.template_params, false).variants;
    return first?.sql.replace(/[\s;]+$/, '') ?? null;
  }

  fragment(raw: string, kind: SqlKind, dataset: DatasetEntry | null): Neutralised {
    const { variants, problems } = this.render(raw, dataset);
    const { sql, alias } = this.over(dataset);
    return { variants: variants.map((variant) => wrapFragment(variant, kind, sql, alias)), problems };
  }

  /** The relation over which a text is to stand; without its SQL once all of them together grow too large. */
  over(dataset: DatasetEntry | null): Relation {
    const relation = this.relation(dataset);
    this.#written += relation.sql?.length ?? 0;
    return this.#written > WRITTEN_LENGTH_MAX ? { sql: null, alias: relation.alias } : relation;
  }

  /** The table of a physical dataset, the query of a virtual one. */
  relation(dataset: DatasetEntry | null): Relation {
    if (dataset === null) return { sql: null, alias: 't' };
    const known = this.#relations.get(dataset);
    if (known !== undefined) return known;
    const key = keyOf(dataset);
    if (!this.#mayEnter(key)) return { sql: null, alias: 't' };
    const cuts = this.#cuts;
    this.#active.add(key);
    const relation = this.#relationOf(dataset);
    this.#active.delete(key);
    // What was cut short depends on where it was come from.
    if (this.#active.size === 0 || cuts === this.#cuts) this.#relations.set(dataset, relation);
    return relation;
  }

  /** Each time that nothing is being written the count begins anew. */
  #mayEnter(key: string): boolean {
    if (this.#active.size === 0) this.#entered = 0;
    if (!this.#active.has(key) && this.#active.size < INCLUDED_DEPTH_MAX && this.#entered++ < INCLUDED_MAX) return true;
    this.#cuts++;
    return false;
  }

  #relationOf(dataset: DatasetEntry): Relation {
    const { sql, table_name: name, schema, catalog } = dataset.value;
    if (sql?.trim()) {
      const plain = this.plain(sql, dataset);
      return { sql: plain === null || plain.trim() === '' || plain.length > TEXT_LENGTH_MAX ? null : `(\n${plain}\n)`, alias: 'virtual_table' };
    }
    if (!name) return { sql: null, alias: 't' };
    const parts = [catalog, schema, name].flatMap((part) => (part ? [this.#name(part, dataset)] : []));
    return { sql: parts.join('.'), alias: this.#name(name, dataset) };
  }

  /** Names of asset repositories may be templates too. */
  #name(name: string, dataset: DatasetEntry): string {
    if (/\{[{%]/.test(name)) return quotedName(name.replace(/\{\{\s*(\w+)[^}]*\}\}/g, 'tpl_$1').replace(/[^\w.]+/g, '_').toLowerCase());
    return dataset.value.sql?.trim() ? quoteIdentifier(name) : quotedName(name);
  }

  #environment(dataset: DatasetEntry | null, params: unknown): JinjaEnvironment {
    const given = typeof params === 'string' ? parsedJson(params) : params;
    return supersetEnvironment({
      dataset: (id, columns) => this.#included(this.#datasetOf(id, dataset), columns),
      metric: (name, id) => this.#metric(name, id === null ? dataset : this.#datasetOf(id, dataset)),
      load: (name) => this.#load(name),
    }, given);
  }

  /** Numbers are those of the instance in which the template stands. */
  #datasetOf(id: string, near: DatasetEntry | null): DatasetEntry | null {
    const file = near?.file ?? this.inventory.datasets[0]?.file;
    return file === undefined ? null : this.inventory.dataset(id, file);
  }

  /** The macro `dataset` names every column (`dataset_macro` in `superset/jinja_context.py`). */
  #included(dataset: DatasetEntry | null, wanted: readonly string[]): string | null {
    const { sql, alias } = this.relation(dataset);
    if (sql === null || dataset === null) return null;
    const all = dataset.value.columns.flatMap((item) => columnShape.safeParse(unwrapped(item).value).data ?? []);
    const shown = all.flatMap(({ column_name: name, expression }) => {
      if (!name || (wanted.length > 0 && !wanted.includes(name))) return [];
      return [`${expression?.trim() ? (this.plain(expression, dataset) ?? 'NULL') : quotedName(name)} AS ${quotedName(name)}`];
    });
    return `(SELECT ${shown.length > 0 ? shown.join(', ') : '*'} FROM ${sql.startsWith('(') ? `${sql} AS ${alias}` : sql})`;
  }

  #metric(name: string, dataset: DatasetEntry | null): string | null {
    const expression = dataset?.value.metrics.map((item) => metricShape.safeParse(unwrapped(item).value).data).find((metric) => metric?.metric_name === name)?.expression;
    const key = `metric ${dataset?.file.path}${dataset?.pointer} ${name}`;
    if (!expression || !this.#mayEnter(key)) return null;
    this.#active.add(key);
    const sql = this.plain(expression, dataset);
    this.#active.delete(key);
    return sql !== null && sql.length > TEXT_LENGTH_MAX ? null : sql;
  }

  #load(name: string): string | null {
    const path = name.replaceAll('\\', '/').replace(/^(\.?\/)+/, '');
    const files = this.inventory.includes;
    const found = files.find((file) => file.path === path || file.path.endsWith(`/${path}`)) ?? byLongestEnd(files, path);
    if (found !== undefined) this.#loaded.add(found);
    return found?.text ?? null;
  }
}

function keyOf({ file, pointer }: DatasetEntry): string {
  return `dataset ${file.path}${pointer}`;
}

/** The folder that templates are named from may be called otherwise where they were copied to. */
function byLongestEnd(files: readonly SourceFile[], path: string): SourceFile | undefined {
  const steps = path.split('/');
  for (let from = 1; from < Math.min(steps.length, 20); from++) {
    const end = steps.slice(from).join('/');
    const found = files.filter((file) => file.path === end || file.path.endsWith(`/${end}`));
    if (found.length === 1) return found[0];
  }
  return undefined;
}

/** Repositories that pass through `preset-cli` may hold words for the braces that it must not read. */
function withBraces(variant: QueryVariant): QueryVariant {
  const words = [...variant.sql.matchAll(/__JINJA2_(OPEN|CLOSE)__/g)];
  if (words.length === 0) return variant;
  const rewriter = new Rewriter(variant.sql);
  let at = 0;
  for (const word of words) {
    rewriter.copy(at, word.index);
    at = word.index + word[0].length;
    rewriter.generate(word[1] === 'OPEN' ? '{{' : '}}', word.index, at);
  }
  rewriter.copy(at, variant.sql.length);
  const { sql, map } = rewriter.finish();
  return { ...variant, sql, map: compose(map, variant.map) };
}

/** True for SQL that an asset repository renders before Superset sees it. */
export function isAssetTemplate(raw: string): boolean {
  return /__JINJA2_(?:OPEN|CLOSE)__|\{%-?\s*(?:include|import|raw)\b|\{\{-?\s*['"]\{[{%]/.test(raw);
}

/** What PostgreSQL reserves (documentation of version 18, appendix "SQL Key Words"): such names are quoted. */
const RESERVED = new Set(
  ('all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently constraint create cross ' +
    'current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except false ' +
    'fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime ' +
    'localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some ' +
    'symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window with').split(' '),
);

/** A name as SQL, quoted where it has to be. */
export function quotedName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : quoteIdentifier(name);
}
