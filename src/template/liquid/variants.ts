import type { Problem, QueryVariant } from '../../model/query.js';
import { fillHoles, VARIANTS_MAX, type Hole } from '../holes.js';
import type { LiquidEnvironment } from '../liquid.js';
import { NESTING_MAX } from '../limits.js';
import { mergeProblems, Notes, refuseLength, type Neutralised } from '../result.js';
import { compose } from '../rewrite.js';
import { parse, type Node, type Template } from './parse.js';
import { signature } from './choice.js';
import { Renderer, type Choices, type Definition } from './render.js';

/** Renderings tried for one template, at most: several may give the same text. */
const RENDERINGS_MAX = 40;
const LABEL_LENGTH_MAX = 80;
/** Definitions put into one text, those within others counted each time. */
const DEFINITIONS_MAX = 200;

/** See `neutraliseLiquid`. `inside` holds the definitions that this text stands in. */
export function neutralise(text: string, environment: LiquidEnvironment, inside: readonly string[] = [], budget = { left: DEFINITIONS_MAX }): Neutralised {
  const refused = refuseLength(text);
  if (refused !== null) return refused;
  const template = parse(text);
  const found = new Variants(text, template, environment, definitionsOf(environment, inside, budget));
  const deciding = found.add('default', {});
  const branches = branchesOf(template.nodes);
  if (branches.length > 0) found.add('maximal', { isMaximal: true });
  for (const name of deciding) {
    for (const value of environment.variables?.get(name)?.values?.slice(1) ?? []) found.add(`${name} = ${value}`, { values: new Map([[name, value]]) });
  }
  for (const [label, chosen] of branches) found.add(label, { branches: chosen });
  return found.finish();
}

class Variants {
  readonly #variants: QueryVariant[] = [];
  readonly #problems: (readonly Problem[])[];
  #empty: readonly Problem[] = [];
  #count = 0;

  constructor(
    readonly text: string,
    readonly template: Template,
    readonly environment: LiquidEnvironment,
    readonly definition: Definition,
  ) {
    this.#problems = [template.problems];
  }

  /** Gives the variables whose value makes another text. */
  add(label: string, choices: Partial<Choices>): ReadonlySet<string> {
    if (this.#variants.length >= VARIANTS_MAX || ++this.#count > RENDERINGS_MAX) return new Set();
    const all: Choices = { branches: new Map(), values: new Map(), isMaximal: false, ...choices };
    const renderer = new Renderer(this.text, this.environment, all, this.definition);
    const { text, map, holes, notes } = renderer.render(this.template.nodes);
    const further: readonly Hole[] = this.environment.references?.(text) ?? [];
    const { variants, problems } = fillHoles(text, [...holes, ...further], this.environment.holes ?? {});
    if (text.trim() === '') this.#empty = problems;
    else this.#problems.push(notes.problems, problems);
    for (const variant of variants) {
      if (this.#variants.length >= VARIANTS_MAX || this.#variants.some(({ sql }) => sql === variant.sql)) continue;
      const own = variant.label === 'default' ? label : label === 'default' ? variant.label : `${label}, ${variant.label}`;
      this.#variants.push({
        label: this.#variants.some((other) => other.label === own) ? `${own} (${this.#variants.length + 1})` : own,
        sql: variant.sql,
        map: compose(variant.map, map),
        assumptions: [...new Set([...notes.assumptions, ...variant.assumptions])],
      });
    }
    return renderer.deciding;
  }

  finish(): Neutralised {
    const problems = mergeProblems(this.#problems);
    return { variants: this.#variants, problems: this.#variants.length === 0 && problems.length === 0 ? [...this.#empty] : problems };
  }
}

/** Every branch, with what must be chosen around it. */
function branchesOf(nodes: readonly Node[]): [string, Map<string, number>][] {
  const found: [string, Map<string, number>][] = [];
  const visit = (inner: readonly Node[], path: ReadonlyMap<string, number>): void => {
    for (const node of inner) {
      if (found.length >= RENDERINGS_MAX) return;
      if (node.kind === 'enclosed' || node.kind === 'loop' || node.kind === 'capture') visit(node.body, path);
      if (node.kind !== 'choice') continue;
      const key = signature(node);
      for (const [index, branch] of node.branches.entries()) {
        const chosen = new Map([...path, [key, index] as const]);
        found.push([labelOf(branch.token.name, branch.condition), chosen]);
        visit(branch.body, chosen);
      }
      const isWithoutElse = node.branches.every(({ condition }) => condition !== null);
      if (isWithoutElse) found.push([`without ${labelOf(node.token.name, node.token.body)}`, new Map([...path, [key, node.branches.length] as const])]);
    }
  };
  visit(nodes, new Map());
  return found;
}

function labelOf(word: string, condition: string | null): string {
  return (condition === null ? word : `${word} ${condition.trim()}`).replace(/\s+/g, ' ').slice(0, LABEL_LENGTH_MAX);
}

function definitionsOf(environment: LiquidEnvironment, inside: readonly string[], budget: { left: number }): Definition {
  const known = new Map<string, { text: string | null; notes: Notes }>();
  const render = (name: string): { text: string | null; notes: Notes } => {
    const notes = new Notes();
    const source = environment.definitions?.get(name);
    const shown = name.slice(0, LABEL_LENGTH_MAX);
    if (source === undefined) notes.problem('missing-reference', `the definition ${shown} is not in the export`);
    else if (inside.includes(name) || inside.length >= NESTING_MAX) notes.problem('cyclic-reference', `the definition ${shown} contains itself`);
    else if (--budget.left < 0) notes.problem('too-large', `it contains more than ${DEFINITIONS_MAX} definitions`);
    else {
      const { variants, problems } = neutralise(source, environment, [...inside, name], budget);
      for (const { code, message } of problems) notes.problem(code, message);
      const [first] = variants;
      for (const assumption of first?.assumptions ?? []) notes.assume(assumption);
      return { text: first?.sql.trim().replace(/;$/, '') ?? null, notes };
    }
    return { text: null, notes };
  };
  return (name, notes) => {
    const found = known.get(name) ?? render(name);
    known.set(name, found);
    for (const { code, message } of found.notes.problems) notes.problem(code, message);
    for (const assumption of found.notes.assumptions) notes.assume(assumption);
    return found.text;
  };
}
