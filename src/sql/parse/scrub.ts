import type { Diagnostic, ParseOutcome } from '../../model/syntax-tree.js';
import type { Dialect } from '../dialect.js';
import { regions } from '../lexer.js';
import { collapseLists } from './collapse-lists.js';
import type { Lexing } from './lexing.js';
import { lexingOf } from './lexing.js';
import { type Measure, measure } from './measure.js';
import { failure } from './outcome.js';

/** Longer texts are not given to the parsers of warehouses: one of them takes 48 CPU seconds for 2 MB of CASE. */
export const TEXT_LENGTH_MAX = 1_000_000;

/** A text made fit for a parser. It has the length of the original: offsets in its tree are offsets in the original. */
export interface Scrubbed {
  text: string;
  /** The same with its lists, for a parser that has no trouble with them. */
  withLists: string;
  lexing: Lexing;
  measure: Measure;
  /** What was left out of `text` on the way. */
  diagnostics: Diagnostic[];
}

/**
 * Makes a text fit for the parsers of warehouses, or says why it must not reach one.
 */
export function scrub(text: string, dialect: Dialect): Scrubbed | ParseOutcome {
  if (text.length > TEXT_LENGTH_MAX) return tooLong(text, TEXT_LENGTH_MAX);
  const nul = text.indexOf('\0');
  if (nul >= 0) return failure('a NUL character stands in the text', nul);
  const lexing = lexingOf(dialect.id);
  // A surrogate without its partner has no UTF-8, in which the parsers take their texts.
  const plain = plainSpaces(text, lexing).replace(/\p{Surrogate}/gu, '\ufffd');
  const spaced = dialect.id === 'tsql' ? withoutBatches(plain, lexing) : plain;
  const view = lexing.view(spaced);
  const collapsed = collapseLists(spaced, view, lexing.options);
  return {
    text: collapsed.text,
    withLists: spaced,
    lexing,
    measure: measure(collapsed.text === spaced ? view : lexing.view(collapsed.text), lexing.options),
    diagnostics: collapsed.lists.map(({ elements, offset }) => ({
      severity: 'warning', message: `of a list of ${elements} literals only the first ones and the last one were read`, offset,
    })),
  };
}

/** GO on a line of its own ends a batch of T-SQL; to the server it is no SQL. */
const BATCH_END = /^([ \t]*)go[ \t]*(?:\d{1,6}[ \t]*)?;?(?=[ \t]*\r?$)/gim;

function withoutBatches(text: string, { options, view }: Lexing): string {
  if (text.search(BATCH_END) < 0) return text;
  return regions(view(text), options)
    .map(({ kind, start, end }) => {
      const region = text.slice(start, end);
      return kind === 'code' ? region.replace(BATCH_END, (line, indent: string) => `${indent};`.padEnd(line.length)) : region;
    })
    .join('');
}

export function tooLong(text: string, length_max: number): ParseOutcome {
  return failure(`the text has ${text.length} characters; more than ${length_max} are not parsed`, length_max);
}

/** Spaces that a word processor or a web page leaves, and the marks of byte order and direction that nobody sees. */
const ODD_SPACES = /[\u0085\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]/g;

/** The text with odd spaces outside of quotes and comments made plain, one for one. */
export function plainSpaces(text: string, { options, view }: Lexing): string {
  if (text.search(ODD_SPACES) < 0) return text;
  return regions(view(text), options)
    .map(({ kind, start, end }) => (kind === 'code' ? text.slice(start, end).replace(ODD_SPACES, ' ') : text.slice(start, end)))
    .join('');
}
