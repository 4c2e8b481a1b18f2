import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Gap } from '../../src/model/snapshot.js';
import { listingOf } from '../../src/cli/sources/listing.js';
import { configurationFromTargets } from '../../src/config/defaults.js';
import { decode } from '../../src/sources/common/decode.js';
import { unpack } from '../../src/sources/reading/archive.js';
import { readSources } from '../../src/sources/reading/read.js';
import type { Label } from './labels.js';

/** What of one tool's files was found, beside what stands in them by hand count. */
export interface ToolFigures {
  kind: string;
  /** SQL texts that stand in files, by hand count, and those that were found, each file at most its count. */
  texts: number;
  textsFound: number;
  /** Records beyond the count of their file: something that is no query, or one twice. */
  surplus: number;
  /** The same for what the tool builds from parts. */
  built: number;
  builtFound: number;
  variants: number;
  parsed: number;
  /** Texts whose place was looked at, and those that do not stand there. */
  places: number;
  misplaced: string[];
  faults: string[];
}

export interface Evaluation {
  figures: ToolFigures[];
  gaps: Gap[];
}

/** Reads a folder as a user would and holds it against labels of its files. Files without a label are read and not counted. */
export async function evaluateFolder(folder: string, labels: readonly Label[]): Promise<Evaluation> {
  const { queries, gaps, sources } = await readSources([{ path: '.', tool: null, store: null }], { baseDirectory: folder });
  const { configuration } = configurationFromTargets({ postgres: [], duckdb: [], dashboards: [] });
  const listing = await listingOf({ queries, sources, gaps }, configuration, new AbortController().signal);
  const byKind = new Map<string, ToolFigures>();
  for (const label of labels) {
    const figures = byKind.get(label.kind) ?? emptyFigures(label.kind);
    byKind.set(label.kind, figures);
    const own = listing.queries.filter(({ query }) => query.origin.file === label.file && (query.kind === label.kind || label.kind === 'any'));
    const texts = own.filter(({ query }) => query.raw !== '').length;
    const built = own.length - texts;
    figures.texts += label.texts;
    figures.textsFound += Math.min(texts, label.texts);
    figures.surplus += Math.max(0, texts - label.texts) + Math.max(0, built - label.built);
    figures.built += label.built;
    figures.builtFound += Math.min(built, label.built);
    if (texts !== label.texts || built !== label.built) figures.faults.push(`${label.file}: ${texts} texts and ${built} built, by hand ${label.texts} and ${label.built}`);
    for (const { query, reading } of own) {
      figures.variants += query.variants.length === 0 ? 0 : 1;
      figures.parsed += reading === 'parsed' ? 1 : 0;
      if (reading === 'unparsed' || reading === 'partial') figures.faults.push(`${query.id}: not all of it parses`);
      if (query.raw === '') continue;
      figures.places++;
      if (!(await standsThere(folder, query))) figures.misplaced.push(`${query.id} at ${query.origin.file}:${query.origin.line}:${query.origin.column}`);
    }
  }
  return { figures: [...byKind.values()].toSorted((one, other) => (one.kind < other.kind ? -1 : 1)), gaps };
}

function emptyFigures(kind: string): ToolFigures {
  return { kind, texts: 0, textsFound: 0, surplus: 0, built: 0, builtFound: 0, variants: 0, parsed: 0, places: 0, misplaced: [], faults: [] };
}

/** Between two words of a text its container may put quotes, escapes, indents and line ends. */
const GAP_MAX = 120;

/** Whether the words of a text stand in its file from the stated place on, one after the other. */
async function standsThere(folder: string, { origin, raw }: CollectedQuery): Promise<boolean> {
  const text = await textOf(folder, origin.file);
  const lines = text.split('\n');
  const start = lines.slice(0, origin.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + origin.column - 1;
  const words = raw.match(/[A-Za-z0-9_]+/g) ?? [];
  const [first = ''] = words;
  // The text itself begins there, be it with a quote or a comment.
  if (/^[A-Za-z0-9_]/.test(raw) && !text.startsWith(first, start)) return false;
  let at = start;
  for (const word of words) {
    const found = text.indexOf(word, at);
    if (found < 0 || found - at > GAP_MAX) return false;
    at = found + word.length;
  }
  return true;
}

const texts = new Map<string, string>();

async function textOf(folder: string, file: string): Promise<string> {
  const known = texts.get(`${folder}\n${file}`);
  if (known !== undefined) return known;
  const [path = '', member] = file.split('!/');
  const bytes = await readFile(join(folder, path));
  const content = member === undefined ? bytes : (await unpack(bytes)).members.find(({ name }) => name === member)?.bytes;
  const decoded = decode(content ?? Buffer.alloc(0));
  const text = decoded.kind === 'binary' ? '' : decoded.text;
  texts.set(`${folder}\n${file}`, text);
  return text;
}

/** `metabase  recall 12 of 12 texts, 3 of 3 built; 0 too many; 15 of 15 parse; 0 of 12 misplaced`. */
export function figuresLine({ kind, texts: all, textsFound, surplus, built, builtFound, variants, parsed, places, misplaced }: ToolFigures): string {
  return `${kind.padEnd(12)} found ${textsFound} of ${all} texts, ${builtFound} of ${built} built; ${surplus} too many; ${parsed} of ${variants} parse; ${misplaced.length} of ${places} misplaced`;
}
