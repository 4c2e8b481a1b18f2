import type { QueryVariant } from '../model/query.js';
import { withinExpansion } from './expansion.js';
import { fillHoles, type Hole } from './holes.js';
import { mergeProblems, Notes, refuseLength, type Neutralised } from './result.js';

/** A reference of an Evidence page: `${…}` of the older tool, `{{…}}` of Evidence Studio. */
export interface EvidenceReference {
  start: number;
  end: number;
  /** Without its delimiters, trimmed. */
  expression: string;
}

/** What a reference stands for; undefined where only the reader of the page decides. */
export type EvidenceResolver = (expression: string) => Omit<Hole, 'start' | 'end'>;

const EXPRESSION_LENGTH_MAX = 1_000;

/** `${…}` with balanced braces. */
export function legacyReferences(text: string): EvidenceReference[] {
  const found: EvidenceReference[] = [];
  for (let at = text.indexOf('${'); at >= 0; at = text.indexOf('${', at)) {
    const end = closing(text, at + 2);
    if (end === null) {
      at += 2;
      continue;
    }
    found.push({ start: at, end: end + 1, expression: text.slice(at + 2, end).trim() });
    at = end + 1;
  }
  return found;
}

function closing(text: string, from: number): number | null {
  let depth = 0;
  const last = Math.min(text.length, from + EXPRESSION_LENGTH_MAX);
  for (let at = from; at < last; at++) {
    const character = text.charAt(at);
    if (character === '{') depth++;
    else if (character === '}' && depth-- === 0) return at;
  }
  return null;
}

/** `{{…}}`. */
export function studioReferences(text: string): EvidenceReference[] {
  return [...text.matchAll(/\{\{([^{}]{0,1000})\}\}/g)].map((match) => ({ start: match.index, end: match.index + match[0].length, expression: (match[1] ?? '').trim() }));
}

/** The SQL of an older Evidence project: queries are inlined, inputs filled by their slot. */
export function neutraliseEvidence(text: string, resolve: EvidenceResolver): Neutralised {
  const refused = refuseLength(text);
  if (refused !== null) return refused;
  const notes = new Notes();
  const holes = withinExpansion(legacyReferences(text).map(({ start, end, expression }) => ({ start, end, ...resolve(expression) })), notes);
  const { variants, problems } = fillHoles(text, holes, { word: 'input' });
  return { variants, problems: mergeProblems([problems, notes.problems]) };
}

/**
 * The SQL of an Evidence Studio page: variables by their slot, `[[ … ]]` left out where a variable within it is empty
 * (`default`) and kept (`maximal`).
 */
export function neutraliseStudio(text: string, resolve: EvidenceResolver, isEmpty: (expression: string) => boolean): Neutralised {
  const refused = refuseLength(text);
  if (refused !== null) return refused;
  const references = studioReferences(text);
  const notes = new Notes();
  const holes = withinExpansion(references.map(({ start, end, expression }) => ({ start, end, ...resolve(expression) })), notes);
  const blocks = optionalBlocks(text, references);
  const dropped = blocks.filter(({ expressions }) => expressions.some(isEmpty));
  const isDropped = new Set(dropped);
  const markers = (kept: readonly Span[]): Hole[] => kept.flatMap(({ start, end }) => [blank(start, start + 2), blank(end - 2, end)]);
  const byDefault = fillHoles(text, [...holes, ...markers(blocks.filter((block) => !isDropped.has(block))), ...dropped.map(({ start, end }) => blank(start, end))], { word: 'variable' });
  if (dropped.length === 0) return { ...byDefault, problems: mergeProblems([byDefault.problems, notes.problems]) };
  const maximal = fillHoles(text, [...holes, ...markers(blocks)], { word: 'variable' });
  const variants: QueryVariant[] = byDefault.variants.map((variant) => ({ ...variant, assumptions: [...variant.assumptions, 'optional parts whose variable is empty are left out'] }));
  const more = maximal.variants.slice(0, 1).map((variant) => ({ ...variant, label: 'maximal' }));
  return { variants: [...variants, ...more.filter(({ sql }) => variants.every((variant) => variant.sql !== sql))].slice(0, 8), problems: mergeProblems([byDefault.problems, maximal.problems, notes.problems]) };
}

interface Span {
  start: number;
  end: number;
}

function blank(start: number, end: number): Hole {
  return { start, end, name: '[[ ]]', text: '' };
}

/** `[[ … ]]` with variables in it, which are given in the order of the text. */
function optionalBlocks(text: string, references: readonly EvidenceReference[]): (Span & { expressions: string[] })[] {
  const blocks: (Span & { expressions: string[] })[] = [];
  let next = 0;
  for (let start = text.indexOf('[['); start >= 0; start = text.indexOf('[[', start)) {
    const end = text.indexOf(']]', start + 2);
    if (end < 0) break;
    const expressions: string[] = [];
    for (let reference = references[next]; reference !== undefined && reference.start < end; reference = references[next]) {
      if (reference.start > start && reference.end <= end) expressions.push(reference.expression);
      next++;
    }
    if (expressions.length > 0) blocks.push({ start, end: end + 2, expressions });
    start = end + 2;
  }
  return blocks;
}
