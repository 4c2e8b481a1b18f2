import type { Hole } from '../../template/holes.js';
import type { MNode } from './m-parser.js';
import { combinedTexts, isConcatenation, type Bound, type MScope } from './m-scope.js';
import { decodeMString } from './m-tokens.js';
import type { PlacedText } from './placed-text.js';

/** The SQL that an argument holds: its literals as one text, and the places where the program puts something in. */
export interface SqlText extends PlacedText {
  holes: Hole[];
}

/** Longer concatenations are not taken apart. */
const PARTS_MAX = 2_000;

/**
 * The text of an argument, through names to the literals that it is written with. Literals that follow each other are one
 * text; what stands between them is kept as it is written, `" & … & "`, and is a hole. Null where no literal is in it.
 */
export function sqlTextOf(bound: Bound, scope: MScope): SqlText | null {
  const found = scope.follow(bound);
  const { node, scopes, expression } = found;
  const combined = combinedTexts(found, scope);
  if (combined !== null) return combinedText(combined, scope);
  const { placed } = expression;
  if (node.kind !== 'string' && !isConcatenation(node)) return null;
  const parts = flat(node);
  if (parts.length > PARTS_MAX || !parts.some((part) => part.kind === 'string')) return null;
  const builder = new Builder(placed);
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'string') {
      builder.literal(part.start, part.end);
      continue;
    }
    const known = scope.textOf({ node: part, scopes, expression });
    builder.hole(part, known, index > 0, index < parts.length - 1);
  }
  return builder.finish();
}

/** The texts of a list that is written out, with what stands between them. */
function combinedText({ items, bound, separator }: NonNullable<ReturnType<typeof combinedTexts>>, scope: MScope): SqlText | null {
  const { scopes, expression } = bound;
  if (items.length > PARTS_MAX || !items.some(({ kind }) => kind === 'string')) return null;
  const builder = new Builder(expression.placed);
  for (const [index, item] of items.entries()) {
    if (index > 0) builder.between(separator, item.start);
    if (item.kind === 'string') builder.literal(item.start, item.end);
    else builder.hole(item, scope.textOf({ node: item, scopes, expression }), false, false);
  }
  return builder.finish();
}

/** The operands of nested concatenations, in their order; one more than are read where there are too many. */
function flat(root: MNode): MNode[] {
  const parts: MNode[] = [];
  const pending = [root];
  for (let node = pending.pop(); node !== undefined && parts.length <= PARTS_MAX; node = pending.pop()) {
    if (!isConcatenation(node)) parts.push(node);
    else for (let at = node.parts.length - 1; at >= 0; at--) pending.push(node.parts[at] ?? node);
  }
  return parts;
}

class Builder {
  readonly #parts: string[] = [];
  readonly #offsets: number[] = [];
  readonly #holes: Hole[] = [];
  #length = 0;
  #end = 0;

  constructor(readonly placed: PlacedText) {}

  literal(start: number, end: number): void {
    const { text, offsets } = decodeMString(this.placed.text, start, end);
    this.#put(text, offsets);
    this.#end = offsets.at(-1) ?? end;
  }

  between(text: string, at: number): void {
    this.#put(text, Array.from({ length: text.length }, () => at));
  }

  hole({ start, end }: MNode, known: string | null, isBehind: boolean, isBefore: boolean): void {
    const source = this.placed.text.slice(start, end);
    const written = (isBehind ? '" & ' : '') + source + (isBefore ? ' & "' : '');
    const from = this.#length;
    this.#put(written, Array.from({ length: written.length }, () => start));
    const name = source.replace(/^#?"|"$/g, '').slice(0, 80);
    const hole: Hole = { start: from, end: this.#length, name };
    this.#holes.push(known === null ? hole : { ...hole, text: known, assumption: `the expression ${name} is what the model stores for it` });
    this.#end = end;
  }

  #put(text: string, offsets: readonly number[]): void {
    this.#parts.push(text);
    for (let at = 0; at < text.length; at++) this.#offsets.push(offsets[at] ?? 0);
    this.#length += text.length;
  }

  finish(): SqlText {
    const offsets = this.#offsets;
    const last = this.#end;
    return { text: this.#parts.join(''), holes: this.#holes, originAt: (offset) => this.placed.originAt(offsets[offset] ?? last) };
  }
}
