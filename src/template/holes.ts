import { regions } from '../sql/lexer.js';
import { dynamicName, placeholder, type ValueType } from './placeholder.js';
import { mergeProblems, Notes, refuseLength, type Neutralised } from './result.js';
import { Rewriter } from './rewrite.js';
import { codeView, isPartOfRelation, isWholeStatement, slotOf, type Slot } from './slot.js';
import type { QueryVariant } from '../model/query.js';

/** A place of a text where its tool or program puts something in. */
export interface Hole {
  /** The construct, with its delimiters. */
  start: number;
  end: number;
  /** How people call it: the parameter, the variable, the expression. */
  name: string;
  /** What stands there for certain, as SQL: a resolved reference, '' for a marker that only encloses. Such a hole is no parameter. */
  text?: string | undefined;
  type?: ValueType | undefined;
  /** What the tool pastes there for its stored value, letter by letter; it stands in `default` wherever it cannot break the text around it. */
  pasted?: string | undefined;
  /** Values as SQL that it takes where it is a name, a relation or the whole statement: one variant each, the stored one first. */
  values?: readonly string[] | undefined;
  /** What is said of it among the assumptions; default: that a sample stands for it. */
  assumption?: string | undefined;
}

export interface HoleOptions {
  /** What the language calls a hole: `parameter`, `variable`, `expression`. */
  word?: string;
  /** The literal for a value of unknown type; default NULL. `bound` numbers them as `$1`, `$2` …, one a name. */
  unknown?: 'null' | 'bound';
}

/** Variants of one text, at most. */
export const VARIANTS_MAX = 8;

/** Slots where another value is another statement. */
const NAMING: ReadonlySet<Slot> = new Set(['relation', 'name', 'in-word', 'in-identifier']);

/**
 * Fills the holes of a text by the grammatical slot that each stands in, so that a parser reads what is around them and
 * positions stay: the one way in which every template language here ends. `default` comes first; each further value of a hole
 * that names something gives a variant of its own, one name at a time.
 */
export function fillHoles(text: string, holes: readonly Hole[], options: HoleOptions = {}): Neutralised {
  const refused = refuseLength(text);
  if (refused !== null) return refused;
  const sorted = withoutOverlaps(holes);
  const view = viewOf(text, sorted);
  const filler = new Filler(text, sorted, view, options);
  const naming = sorted.filter((hole) => (hole.values?.length ?? 0) > 1 && filler.isNaming(hole));
  const choices: [string, Map<Hole, string>][] = [['default', new Map()]];
  for (const alike of byNameAndValues(naming)) {
    const [first] = alike;
    for (const value of first?.values?.slice(1) ?? []) {
      if (choices.length < VARIANTS_MAX) choices.push([`${first?.name} = ${value}`, new Map(alike.map((hole) => [hole, value]))]);
    }
  }
  const variants: QueryVariant[] = [];
  const problems: Neutralised['problems'][] = [];
  for (const [label, chosen] of choices) {
    const notes = new Notes();
    const { sql, map } = filler.fill(chosen, notes);
    problems.push(notes.problems);
    if (notes.problems.some(({ code }) => code === 'dynamic-sql')) continue;
    if (sql.trim() !== '' && !variants.some((variant) => variant.sql === sql)) variants.push({ label, sql, map, assumptions: notes.assumptions });
  }
  const merged = mergeProblems(problems);
  if (variants.length > 0 || merged.length > 0) return { variants, problems: merged };
  return { variants, problems: [{ code: 'unreadable', message: 'the text is empty' }] };
}

/** Holes of one name have one value at a time. */
function byNameAndValues(holes: readonly Hole[]): Hole[][] {
  const groups = new Map<string, Hole[]>();
  for (const hole of holes) {
    const key = JSON.stringify([hole.name, hole.values]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [hole]);
    else known.push(hole);
  }
  return [...groups.values()];
}

function withoutOverlaps(holes: readonly Hole[]): Hole[] {
  const kept: Hole[] = [];
  for (const hole of holes.toSorted((one, other) => one.start - other.start || other.end - one.end)) {
    if (hole.start >= (kept.at(-1)?.end ?? 0)) kept.push(hole);
  }
  return kept;
}

/** Markers are blank, resolved names and parameters are letters: what is around them is judged as the parser will see it. */
function viewOf(text: string, holes: readonly Hole[]): ReturnType<typeof codeView> {
  let shown = '';
  let at = 0;
  for (const { start, end, text: known } of holes) {
    shown += text.slice(at, start) + (known?.trim() === '' ? ' ' : 'x').repeat(end - start);
    at = end;
  }
  shown += text.slice(at);
  return codeView(shown, regions(shown));
}

/** True for a text that ends where it should: no open quote, no comment, no second statement; a literal or name outside of quotes. */
function fits(pasted: string, slot: Slot): boolean {
  if (/--|\/\*|;|\$|\0/.test(pasted) || pasted.length > 1_000) return false;
  if (slot === 'in-string' || slot === 'in-dollar' || slot === 'in-identifier') return !/['"\\]/.test(pasted);
  const literal = String.raw`(?:-?\d+(?:\.\d+)?|'(?:[^']|'')*'|true|false|null)`;
  if (slot === 'list') return false;
  if (slot === 'in-word') return /^\w*$/.test(pasted);
  return new RegExp(`^\\s*${literal}(?:\\s*,\\s*${literal})*\\s*$`, 'i').test(pasted);
}

class Filler {
  readonly #numbers = new Map<string, number>();
  #highest = 0;

  constructor(
    readonly text: string,
    readonly holes: readonly Hole[],
    readonly view: ReturnType<typeof codeView>,
    readonly options: HoleOptions,
  ) {}

  isNaming(hole: Hole): boolean {
    return isWholeStatement(this.view, hole.start, hole.end) || NAMING.has(slotOf(this.view, hole.start, hole.end));
  }

  fill(chosen: ReadonlyMap<Hole, string>, notes: Notes): ReturnType<Rewriter['finish']> {
    const rewriter = new Rewriter(this.text);
    let at = 0;
    for (const hole of this.holes) {
      const replacement = hole.text ?? this.#value(hole, chosen.get(hole) ?? hole.values?.[0], notes);
      if (replacement === null) continue;
      rewriter.copy(at, hole.start);
      rewriter.generate(replacement === '' ? ' ' : replacement, hole.start, hole.end);
      at = hole.end;
      if (hole.text !== undefined && hole.assumption !== undefined) notes.assume(hole.assumption);
    }
    rewriter.copy(at, this.text.length);
    return rewriter.finish();
  }

  #value(hole: Hole, value: string | undefined, notes: Notes): string | null {
    const name = hole.name.slice(0, 80);
    const word = this.options.word ?? 'parameter';
    const slot = slotOf(this.view, hole.start, hole.end);
    if (slot === 'comment') return null;
    if (isWholeStatement(this.view, hole.start, hole.end)) {
      if (value !== undefined) return value;
      notes.problem('dynamic-sql', `the whole statement is the ${word} ${name}`);
      return null;
    }
    if (NAMING.has(slot) && value !== undefined) return value;
    if (hole.pasted !== undefined && fits(hole.pasted, slot)) {
      notes.assume(`the ${word} ${name} has its stored value`);
      return hole.pasted;
    }
    if (slot === 'relation' || (slot === 'in-word' && isPartOfRelation(this.view, hole.start))) {
      notes.problem('dynamic-relation', `the ${word} ${name} names a relation that only the running tool knows`);
    }
    const unknown = this.options.unknown === 'bound' ? `$${this.#number(hole.name)}` : 'NULL';
    const text = slot === 'relation' ? dynamicName(hole.name) : placeholder(slot, hole.name, hole.type ?? 'unknown', unknown);
    if (text !== null) notes.assume(hole.assumption ?? `the ${word} ${name} is ${text}`);
    return text;
  }

  #number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#numbers.size === 0) for (const match of this.view.text.matchAll(/\$(\d{1,5})/g)) this.#highest = Math.max(this.#highest, Number(match[1]));
    this.#highest++;
    this.#numbers.set(name, this.#highest);
    return this.#highest;
  }
}
