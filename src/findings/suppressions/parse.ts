import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { COULD_NOT_LOOK, type SuppressionEntry, type SuppressionKind, type SuppressionProblem } from '../../model/suppression.js';
import { suggestion } from '../../text/nearest-name.js';
import { plainText } from '../../text/plain-text.js';
import { blocksOf, type Blocks } from './blocks.js';
import { type KnownRules, readEntry } from './entry.js';
import { entryKey } from './entry-key.js';
import { SuppressionFileError } from './file-error.js';
import { plainBlock } from './plain-block.js';

/** A baseline or a list of waivers, read. */
export interface SuppressionFile {
  /** As messages name it. */
  file: string;
  /** In the order of the file. */
  entries: SuppressionEntry[];
  /** Entries that cannot be read, or that stand twice; each costs itself only. */
  problems: SuppressionProblem[];
}

export const FILE_VERSION = 1;
/** In UTF-16 units. A hundred thousand entries are below it. */
export const TEXT_LENGTH_MAX = 10 * 2 ** 20;

const TOP_KEYS = ['version', 'entries'] as const;

/**
 * Reads a baseline or waivers. An empty text holds no entries.
 *
 * @param file as messages name it
 * @param rules with their former ids, each with the id that it has now; with it, an entry of a rule that does not exist is unreadable
 * @throws SuppressionFileError for marks of a merge conflict, for what is no YAML, no map, of a newer version or larger than 10 MB
 */
export function parseSuppressions(text: string, file: string, by: 'baseline' | 'waiver', rules?: ReadonlyMap<string, string>): SuppressionFile {
  if (text.length > TEXT_LENGTH_MAX) throw new SuppressionFileError(file, null, 'is larger than 10 MB, which no list for people is', 'Name the file that tidemark baseline write wrote.');
  const lines = linesOf(text);
  refuseConflicts(lines, file);
  const blocks = blocksOf(lines);
  const known: KnownRules | null = rules === undefined ? null : { ids: new Map([...rules, [COULD_NOT_LOOK, COULD_NOT_LOOK]]) };
  return blocks === null ? parseWhole(lines, { file, by, known }) : parseBlocks(blocks, { file, by, known });
}

/** The lines of a text, whichever way they end, without a byte order mark. */
export function linesOf(text: string): string[] {
  return text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
}

interface Reading {
  file: string;
  by: SuppressionKind;
  known: KnownRules | null;
}

function refuseConflicts(lines: readonly string[], file: string): void {
  const at = lines.findIndex((line) => /^(?:<{7}|>{7}|\|{7})(?:\s|$)/.test(line) || line === '=======');
  if (at === -1) return;
  throw new SuppressionFileError(file, at + 1, `holds a mark of a merge conflict: ${plainText(lines[at] ?? '', 40)}`, 'Keep the entries of both sides, take the marks out, then run tidemark baseline prune.');
}

/** Entries of which each is read alone. */
function parseBlocks({ head, blocks, tail }: Blocks, reading: Reading): SuppressionFile {
  checkTop(documentOf([...head, ...tail].join('\n'), reading.file), reading.file);
  const read = blocks.map(({ lines, line, remarks }): Read => {
    const plain = plainBlock(lines.slice(remarks));
    if (plain !== null) return { line, value: plain };
    const counter = new LineCounter();
    const document = readYaml(lines.join('\n'), reading.file, counter);
    const [fault] = document.errors;
    if (fault !== undefined) return { line: counter.linePos(fault.pos[0]).line + line - remarks - 1, fault: `it is no YAML: ${yamlMessage(fault.message)}` };
    const item = isSeq(document.contents) ? document.contents.items[0] : null;
    return { line, ...valueOf(item, document) };
  });
  return gathered(read, reading);
}

/** A file in another form: without entries, or with all of them in one line. */
function parseWhole(lines: readonly string[], reading: Reading): SuppressionFile {
  const document = documentOf(lines.join('\n'), reading.file);
  const { list, lineOf } = checkTop(document, reading.file);
  return gathered(list.map((item) => ({ line: lineOf(item), ...valueOf(item, document.yaml) })), reading);
}

type Read = { line: number } & ({ value: unknown } | { fault: string });

function gathered(read: readonly Read[], { file, by, known }: Reading): SuppressionFile {
  const entries: SuppressionEntry[] = [];
  const problems: SuppressionProblem[] = [];
  const seen = new Map<string, SuppressionEntry[]>();
  for (const one of read) {
    const place = { file, line: one.line };
    const result = 'fault' in one ? { cause: one.fault, rule: '', consumer: '', relation: '', owner: null } : readEntry(one.value, by, place, known);
    if ('cause' in result) {
      problems.push({ fault: 'unreadable', by, place, ...result });
      continue;
    }
    const { entry } = result;
    const same = seen.get(entryKey(entry)) ?? [];
    const twin = same.find((other) => overlap(entry.statements, other.statements));
    if (twin === undefined) {
      entries.push(entry);
      seen.set(entryKey(entry), [...same, entry]);
    } else {
      const { rule, consumer, relation, owner } = entry;
      problems.push({ fault: 'unreadable', by, place, rule, consumer: consumer ?? '', relation: relation ?? '', owner, cause: `the same stands at line ${twin.place.line} already; keep one of both` });
    }
  }
  return { file, entries, problems };
}

/** Whether two entries of one rule, consumer, store and relation speak of a statement that both name. */
function overlap(one: readonly string[] | null, other: readonly string[] | null): boolean {
  if (one === null || other === null) return true;
  const named = new Set(one);
  return (one.length === 0 && other.length === 0) || other.some((digest) => named.has(digest));
}

function valueOf(item: unknown, document: Document): { value: unknown } | { fault: string } {
  if (typeof item !== 'object' || item === null || !('toJS' in item) || typeof item.toJS !== 'function') return { value: null };
  try {
    // An alias would be copied wherever it stands, and an entry is to be read by itself.
    const value: unknown = item.toJS(document, { maxAliasCount: 0 });
    return { value };
  } catch (error) {
    if (error instanceof ReferenceError) return { fault: 'it uses an alias (*name); write out what is meant, in quotes where it begins with *' };
    throw error;
  }
}

interface Parsed {
  yaml: Document;
  counter: LineCounter;
}

function documentOf(text: string, file: string): Parsed {
  const counter = new LineCounter();
  const yaml = readYaml(text, file, counter);
  const [fault] = yaml.errors;
  if (fault !== undefined) throw new SuppressionFileError(file, counter.linePos(fault.pos[0]).line, `is no YAML: ${yamlMessage(fault.message)}`, FORM);
  return { yaml, counter };
}

/** Every scalar is a text: a digest of digits alone is no number, and a name `null` is a name. */
function readYaml(text: string, file: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, { prettyErrors: false, lineCounter, version: '1.2', schema: 'failsafe', logLevel: 'silent' });
  } catch (error) {
    // The reader is recursive.
    if (!(error instanceof RangeError)) throw error;
    throw new SuppressionFileError(file, null, 'is nested too deeply for a list of entries', FORM, { cause: error });
  }
}

function yamlMessage(message: string): string {
  const known = MEANINGS.find(([beginning]) => message.startsWith(beginning));
  return known === undefined ? plainText(message.replace(/[.:]$/, ''), 160) : known[1];
}

/** What the reader of YAML says, in words for who wrote the entry. */
const MEANINGS = [
  ['Maximum call stack', 'it is nested too deeply'],
  ['Nested mappings are not allowed', 'a text with a colon and a blank in it needs quotes'],
  ['Map keys must be unique', 'a key stands twice'],
] as const;

const FORM = 'It holds version: 1 and entries:, a list of blocks as tidemark baseline write makes them.';

/** The entries of the whole document, and where each stands. Throws SuppressionFileError for another form of the top. */
function checkTop({ yaml, counter }: Parsed, file: string): { list: readonly unknown[]; lineOf: (item: unknown) => number } {
  const top = yaml.contents;
  const lineOf = (item: unknown): number => (typeof item === 'object' && item !== null && 'range' in item && Array.isArray(item.range) ? counter.linePos(Number(item.range[0])).line : 1);
  if (top === null || (isScalar(top) && top.value === '')) return { list: [], lineOf };
  if (!isMap(top)) throw new SuppressionFileError(file, lineOf(top), `begins with a ${isSeq(top) ? 'list' : 'text'}, where a map is needed`, FORM);
  const found = new Map(top.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : '', { key, value }] as const));
  for (const [key, { key: node }] of found) {
    if (!TOP_KEYS.some((own) => own === key)) throw new SuppressionFileError(file, lineOf(node), `has the unknown key '${plainText(key, 40)}'${suggestion(key, TOP_KEYS)}`, FORM);
  }
  checkVersion(found.get('version')?.value, file, lineOf);
  const entries = found.get('entries')?.value ?? null;
  if (entries === null || (isScalar(entries) && entries.value === '')) return { list: [], lineOf };
  if (!isSeq(entries)) throw new SuppressionFileError(file, lineOf(entries), 'has no list below entries:', FORM);
  return { list: entries.items, lineOf };
}

function checkVersion(node: unknown, file: string, lineOf: (item: unknown) => number): void {
  if (node === undefined) return;
  const version = isScalar(node) && typeof node.value === 'string' ? Number(node.value) : Number.NaN;
  if (!Number.isInteger(version) || version < 1) throw new SuppressionFileError(file, lineOf(node), 'has a version that is no number', 'Write version: 1.');
  if (version > FILE_VERSION) throw new SuppressionFileError(file, lineOf(node), `has version ${version}, and this tidemark knows up to ${FILE_VERSION}`, 'Use a newer tidemark, or write the file again with this one.');
}
