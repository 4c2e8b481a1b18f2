import type { Problem, QueryVariant } from '../model/query.js';
import { fillHoles } from './holes.js';
import { outputOf } from './jinja/output.js';
import { holesOnly } from './jinja/fallback.js';
import { parseTemplate, UnbalancedTemplate, type ParsedTemplate } from './jinja/parse.js';
import { Renderer } from './jinja/render.js';
import { LimitExceeded, Runtime } from './jinja/runtime.js';
import { Decisions } from './jinja/decisions.js';
import { VARIANTS_MAX } from './limits.js';
import { mergeProblems, refuseLength, type Neutralised } from './result.js';
import { compose } from './rewrite.js';
import type { JinjaMacro } from './jinja/nodes.js';
import type { JinjaArguments, JinjaFunction, JinjaKeywords, JinjaValue, Piece } from './jinja/value.js';

export { sqlFunction } from './jinja/evaluate.js';
export { callable, isCallable, isJinjaObject, isUnknown, JinjaText, object, unknown } from './jinja/value.js';
export type {
  JinjaArguments, JinjaCallable, JinjaDict, JinjaFunction, JinjaKeywords, JinjaObject, JinjaSite, JinjaUnknown, JinjaValue,
} from './jinja/value.js';
export type { JinjaMacro } from './jinja/nodes.js';

/** What a tool gives its templates. */
export interface JinjaEnvironment {
  /** Variables and functions: `ref`, `source`, `var`, `filter_values` … */
  readonly globals: ReadonlyMap<string, JinjaValue>;
  /** Beside or instead of Jinja's own. The first argument is the value. */
  readonly filters?: ReadonlyMap<string, JinjaFunction> | undefined;
  /** A name that nothing defines; default: an unknown value that `default` and `is defined` take for missing. */
  unknownName?(name: string): JinjaValue;
  /** A call of what nothing defines; default, also where it gives undefined: `sqlFunction`. */
  unknownCall?(path: string, args: JinjaArguments, kwargs: JinjaKeywords): JinjaValue;
  /** The text of a template that is included or imported; null where there is none. */
  load?(name: string): string | null;
  /** Macros of other files, by the name that they are called by (`parseMacros`). They see `globals`, filters and each other. */
  readonly macros?: ReadonlyMap<string, JinjaMacro> | undefined;
}

export interface JinjaOptions {
  /** How the language calls a hole; default `expression`. */
  word?: string | undefined;
  /** False: the default variant only, and those of known values. */
  branches?: boolean | undefined;
  /** The literal for a value of unknown type, as in `fillHoles`. */
  unknown?: 'null' | 'bound' | undefined;
}

/** Renderings that are tried for the branches of one template, at most: many give the same text. */
const RENDERINGS_MAX = 16;

/**
 * Variants of a template: `default` (as it runs untouched: what only the running tool knows is missing, empty or false),
 * `maximal` (every such condition holds where it is asked first), then one for each such condition, one at a time, then
 * those of known values of names; at most 8, each with its map to the raw text. Equal conditions keep one value within a
 * variant. Text without a tag of Jinja is its own variant with an empty map.
 *
 * It throws for nothing that stands in a template and runs no code: an unreadable one is a problem, with a variant in which
 * outputs are holes and statements blanks where that can be.
 */
export function neutraliseJinja(text: string, environment: JinjaEnvironment, options: JinjaOptions = {}): Neutralised {
  const refused = refuseLength(text);
  if (refused !== null) return refused;
  const word = options.word ?? 'expression';
  const fill = { word, ...(options.unknown === undefined ? {} : { unknown: options.unknown }) };
  if (!/\{[{%#]/.test(text)) return fillHoles(text, [], fill);
  let template: ParsedTemplate;
  try {
    template = parseTemplate(text);
  } catch (error) {
    const cause = error instanceof UnbalancedTemplate ? error.message : tooDeep(error);
    return withProblem(holesOnly(text, fill), { code: 'unbalanced-template', message: `the template cannot be read: ${cause}` });
  }
  try {
    return new Variants(template, environment, options.branches !== false, fill).collect();
  } catch (error) {
    const cause = error instanceof LimitExceeded ? error.message : tooDeep(error);
    return withProblem(holesOnly(text, fill), { code: 'too-large', message: `the template is not rendered: ${cause}` });
  }
}

/** The macros that a file defines, by their names (a dbt test `x` as `test_x`). A file that cannot be read gives none. */
export function parseMacros(text: string): Map<string, JinjaMacro> {
  if (refuseLength(text) !== null || !text.includes('{%')) return new Map();
  try {
    return parseTemplate(text).macros;
  } catch (error) {
    if (!(error instanceof UnbalancedTemplate)) tooDeep(error);
    return new Map();
  }
}

/** A stack that overflows: nesting of several kinds adds up. @throws any other error */
function tooDeep(error: unknown): string {
  if (error instanceof RangeError) return 'it is nested too deeply';
  throw error;
}

function withProblem({ variants, problems }: Neutralised, problem: Problem): Neutralised {
  return { variants, problems: mergeProblems([[problem], problems]) };
}

class Variants {
  readonly #found: QueryVariant[] = [];
  readonly #problems: Problem[][] = [];

  constructor(
    readonly template: ParsedTemplate,
    readonly environment: JinjaEnvironment,
    readonly hasBranches: boolean,
    readonly fill: { word: string; unknown?: 'null' | 'bound' },
  ) {}

  collect(): Neutralised {
    this.#problems.push(this.template.problems);
    const untouched = new Decisions(new Map(), false);
    const values = this.#render('default', untouched);
    if (this.hasBranches && untouched.asked.size > 0) this.#branches(untouched);
    for (const variant of values) this.#add(variant);
    const problems = mergeProblems(this.#problems).filter(({ message }) => this.#found.length === 0 || message !== EMPTY);
    if (this.#found.length > 0 || problems.length > 0) return { variants: this.#found, problems };
    return { variants: [], problems: [{ code: 'unreadable', message: EMPTY }] };
  }

  #branches(untouched: Decisions): void {
    this.#render('maximal', new Decisions(new Map(), true));
    const known = new Set<string>();
    const queue = untouched.alternatives(known);
    for (let count = 0; count < RENDERINGS_MAX && this.#found.length < VARIANTS_MAX; count++) {
      const next = queue.shift();
      if (next === undefined) return;
      const decisions = new Decisions(next.choices, false);
      this.#render(next.label, decisions);
      queue.push(...decisions.alternatives(known));
    }
  }

  /** Adds the variant; gives those that differ by known values. */
  #render(label: string, decisions: Decisions): QueryVariant[] {
    const runtime = new Runtime((doubt) => decisions.decide(doubt));
    const pieces = new Renderer(this.template, this.environment, runtime).render();
    const output = outputOf(this.template.text, pieces);
    const filled = fillHoles(output.text, output.holes, this.fill);
    const call = wholeCall(pieces);
    if (call !== null) runtime.problem('dynamic-sql', `the whole statement is what the macro ${call} gives`);
    this.#problems.push(runtime.notes.problems, filled.problems);
    const { assumptions } = runtime.notes;
    const variants = filled.variants.map((variant) => ({
      ...variant,
      map: variant.sql === this.template.text ? [] : compose(variant.map, output.map),
      assumptions: [...new Set([...assumptions, ...variant.assumptions])],
    }));
    const [first, ...values] = variants;
    if (first !== undefined) this.#add({ ...first, label });
    return values;
  }

  #add(variant: QueryVariant): void {
    if (this.#found.length < VARIANTS_MAX && !this.#found.some(({ sql }) => sql === variant.sql)) this.#found.push(variant);
  }
}

/** The macro whose call is all that stands in a rendering. */
function wholeCall(pieces: readonly Piece[]): string | null {
  const written = pieces.filter((piece) => piece.kind === 'hole' || piece.text.replace(/[\s;]+/g, '') !== '');
  const calls = new Set(written.map((piece) => (piece.kind === 'copy' ? undefined : piece.call)));
  const [call] = calls;
  return calls.size === 1 && call !== undefined ? call : null;
}

/** What `fillHoles` says of a text of which nothing is left. */
const EMPTY = 'the text is empty';
