import type { StatementReader } from '../graph/statement-reader.js';
import type { SqlStatement } from '../model/syntax-tree.js';
import type { Resolution } from '../sql/resolution.js';
import type { Slot } from '../sql/scope.js';
import { markedKinds } from '../text/marker.js';
import { type Edit, edited, inRaw, structureOf } from './edits.js';
import type { Reader, ReaderText } from './readers.js';
import { NotRewritten, type Target, editsOf } from './rewrite.js';

/** One statement before and after, to be compared. */
export interface Pair {
  /** Both show the same stored columns and use them alike, under whatever names. */
  isSubstitution: boolean;
  before: { text: string; statement: SqlStatement };
  after: { text: string; statement: SqlStatement };
}

/** A query on views in place of relations. */
export interface Moved {
  before: string;
  after: string;
  /** Every statement that may reach the database, each once. */
  pairs: Pair[];
  /** What the person who makes the change must know, in words. */
  remark: string | null;
}

/**
 * The query of a reader with relations replaced, as its author keeps it, template and all.
 *
 * @param reader with the views that are proposed in its catalogue
 * @throws NotRewritten
 */
export function movedQuery({ query, texts }: Reader, targets: ReadonlyMap<string, Target>, reader: StatementReader): Moved {
  const rawEdits: Edit[] = [];
  const pairs: Pair[] = [];
  let isMapped = true;
  for (const text of texts) {
    const own = editsOfText(text, targets);
    if (own.length === 0) continue;
    pairs.push(...pairsOf(text, own, targets, reader));
    const mapped = text.variant === null ? own : inRaw(own, text.variant.map);
    if (mapped === null) isMapped = false;
    else rawEdits.push(...mapped);
  }
  if (pairs.length === 0) throw new NotRewritten('the place where it names the relation could not be told');
  if (query === null) return { ...wholeText(texts[0], targets), pairs, remark: 'its text is from the statistics of the server, which hide its literals: change the source of it in the same way' };
  if (query.reconstructed) return { ...wholeText(texts[0], targets), pairs, remark: `${query.kind} builds this SQL from a question: choose the view as its table there` };
  if (!isMapped) throw new NotRewritten(query.sqlKind === 'statement' ? 'its template makes the text that names the relation' : 'its text is a fragment, and the relation is named in a setting of its tool');
  const after = edited(query.raw, rawEdits);
  if (after === null) throw new NotRewritten('what must change differs from one way of filling its template to another');
  const isMarked = markedKinds(after).length > 0;
  return { before: query.raw, after, pairs: distinct(pairs), remark: isMarked ? 'a value of a person was hidden in it when it was collected (tm#…): keep the one that stands there' : null };
}

function editsOfText(text: ReaderText, targets: ReadonlyMap<string, Target>): Edit[] {
  return text.parts.flatMap((part) => editsOf(text.text, part, targets).list);
}

function wholeText(text: ReaderText | undefined, targets: ReadonlyMap<string, Target>): { before: string; after: string } {
  const before = text?.text ?? '';
  return { before, after: (text && edited(before, editsOfText(text, targets))) ?? before };
}

/** The text after its edits, read again: it must be what the edits make of the tree, and every name in it must be found. */
function pairsOf(text: ReaderText, edits: readonly Edit[], targets: ReadonlyMap<string, Target>, reader: StatementReader): Pair[] {
  const after = edited(text.text, edits);
  if (after === null) throw new NotRewritten('its edits overlap');
  const read = reader.read(after, null);
  if (read.parts.length !== text.parts.length) throw new NotRewritten('its text after the change could not be read again');
  return text.parts.flatMap((part, index): Pair[] => {
    const again = read.parts[index];
    const own = editsOf(text.text, part, targets);
    if (own.list.length === 0 || again === undefined) return [];
    if (own.expected(part.statement) !== structureOf(again.statement)) throw new NotRewritten('its text after the change reads as another query');
    const { total, resolved } = again.resolution.references;
    const lost = part.resolution.references.total - part.resolution.references.resolved;
    if (total - resolved > lost) throw new NotRewritten('a column of it could not be told from another after the change');
    const [name] = [...targets.keys()].filter((relation) => again.resolution.direct.has(relation));
    if (name !== undefined) throw new NotRewritten(`it would still name ${name}`);
    return [{ isSubstitution: isSubstitution(part.resolution, again.resolution), before: alone(text.text, part), after: alone(after, again) }];
  });
}

/** Every name is known on both sides, and each output and each use is of the same stored columns in the same way. */
function isSubstitution(one: Resolution, other: Resolution): boolean {
  const isWhole = ({ references, opaque, diagnostics, unknownRelations }: Resolution): boolean =>
    references.total === references.resolved && opaque.size === 0 && diagnostics.length === 0 && unknownRelations.size === 0;
  return isWhole(one) && isWhole(other) && usesOf(one) === usesOf(other);
}

function usesOf({ outputs, uses, writes }: Resolution): string {
  const slots = (list: readonly Slot[]): unknown => list.map(({ name, flows }) => [name, [...flows].map(([column, { mask, identity, transformation }]) => [column, mask, identity, transformation].join(' ')).sort()]);
  return JSON.stringify([slots(outputs), [...writes].map(([relation, list]) => [relation, slots(list)]), uses.map(({ column, kind, role, mask, transformation }) => [column, kind, role, mask, transformation].join(' ')).sort()]);
}

/** One statement of a text, at the offsets that it has there. */
function alone(text: string, { span: { start, end }, statement }: { span: { start: number; end: number }; statement: SqlStatement }): Pair['before'] {
  return { text: `${text.slice(0, start).replace(/[^\n]/g, ' ')}${text.slice(start, end)}`, statement };
}

function distinct(pairs: readonly Pair[]): Pair[] {
  return [...new Map(pairs.map((pair) => [pair.before.text, pair])).values()];
}
