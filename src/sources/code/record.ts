import type { CollectedQuery, ConnectionReference, Problem, QueryRole, QueryVariant } from '../../model/query.js';
import { fillHoles } from '../../template/holes.js';
import { neutraliseJinja, unknown, type JinjaEnvironment, type JinjaValue } from '../../template/jinja.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { compose, Rewriter } from '../../template/rewrite.js';
import type { CodeHole, CodeText } from './code-text.js';
import { driverParameters } from './parameters.js';

export interface RenderedCode {
  raw: string;
  variants: QueryVariant[];
  problems: Problem[];
}

/** The text of a program as what it sends: what it puts in and what its driver binds by the slot of each, Jinja where the program's tool renders it. */
export function renderCode(text: CodeText, jinja: JinjaEnvironment | null = null): RenderedCode {
  return renderText(text.text, text.holes, jinja);
}

export function renderText(raw: string, written: readonly CodeHole[], jinja: JinjaEnvironment | null = null): RenderedCode {
  const shown = raw.length > TEXT_LENGTH_MAX ? '' : raw;
  const known = written.toSorted((one, other) => one.start - other.start);
  const holes = [...known, ...driverParameters(shown, known)];
  const word = known.some((hole) => hole.text === undefined) ? 'expression' : 'parameter';
  if (jinja === null || !/\{[{%#]/.test(shown)) return { raw: shown, ...fillHoles(raw, holes, { word, unknown: 'bound' }) };
  return { raw: shown, ...renderJinja(shown, holes, jinja) };
}

/** What the program puts in becomes an expression of the template, so that both are judged in one text. */
function renderJinja(raw: string, holes: readonly CodeHole[], environment: JinjaEnvironment): { variants: QueryVariant[]; problems: Problem[] } {
  const globals = new Map<string, JinjaValue>(environment.globals);
  const rewriter = new Rewriter(raw);
  let at = 0;
  for (const [index, hole] of holes.toSorted((one, other) => one.start - other.start).entries()) {
    if (hole.start < at) continue;
    rewriter.copy(at, hole.start);
    at = hole.end;
    if (hole.text !== undefined) {
      rewriter.generate(hole.text, hole.start, hole.end);
      continue;
    }
    const name = `program_expression_${index}`;
    globals.set(name, unknown(hole.name, { values: hole.values }));
    rewriter.generate(isWithinTag(raw, hole.start) ? name : `{{ ${name} }}`, hole.start, hole.end);
  }
  rewriter.copy(at, raw.length);
  const middle = rewriter.finish();
  const { variants, problems } = neutraliseJinja(middle.sql, { ...environment, globals }, { word: 'expression', unknown: 'bound' });
  return { variants: variants.map((variant) => ({ ...variant, map: variant.sql === raw ? [] : compose(variant.map, middle.map) })), problems };
}

function isWithinTag(raw: string, at: number): boolean {
  const before = raw.slice(Math.max(0, at - 300), at);
  return Math.max(before.lastIndexOf('{{'), before.lastIndexOf('{%')) > Math.max(before.lastIndexOf('}}'), before.lastIndexOf('%}'));
}

/** A statement that defines a view is read by others. */
export function roleOfSql(sql: string): QueryRole {
  return /^\s*create\s+(or\s+replace\s+)?(temp(orary)?\s+)?(materialized\s+)?view\b/i.test(sql.slice(0, 400)) ? 'view' : 'query';
}

/** What most records of programs share. */
export function codeQuery(query: Omit<CollectedQuery, 'role' | 'sqlKind' | 'reconstructed' | 'isPublic' | 'usage' | 'lifecycle' | 'schedule'> & Partial<CollectedQuery>): CollectedQuery {
  return { role: roleOfSql(query.raw), sqlKind: 'statement', reconstructed: false, isPublic: false, usage: null, lifecycle: 'active', schedule: null, ...query };
}

/** An id that no other query has: the second of a name is `name#2`. */
export class Ids {
  readonly #taken = new Set<string>();
  readonly #counts = new Map<string, number>();

  unused(id: string): string {
    let count = this.#counts.get(id) ?? 1;
    let candidate = count === 1 ? id : `${id}#${count}`;
    while (this.#taken.has(candidate)) candidate = `${id}#${++count}`;
    this.#counts.set(id, count);
    this.#taken.add(candidate);
    return candidate;
  }
}

/** A connection of which only the name is known. */
export function namedConnection(name: string, engine: string | null = null): ConnectionReference {
  return { id: null, name, engine, host: null, database: null };
}
