import { isMap, isScalar, isSeq, parseDocument, stringify, type YAMLSeq } from 'yaml';
import type { SuppressionEntry } from '../../model/suppression.js';
import { type Block, blocksOf } from './blocks.js';
import { ENTRY_KEYS } from './entry.js';
import { compareEntries } from './entry-key.js';
import { FILE_VERSION, linesOf, type SuppressionFile } from './parse.js';

/**
 * The text of a baseline: a block for each entry, sorted, with an empty line between them. The block of an entry that was there
 * stays letter by letter, remarks of people included; only its statements are written anew where they are other ones. Blocks that
 * cannot be read stay at the end. The same arguments give the same text.
 *
 * @param entries those that were there with the place that they were read from
 * @param before what stood there, and what was read of it; null for a new file
 * @param today `YYYY-MM-DD`, for the heading of a new file
 */
export function writeBaseline(entries: readonly SuppressionEntry[], before: { text: string; read: SuppressionFile } | null, today: string): string {
  const lines = before === null ? [] : linesOf(before.text);
  const cut = blocksOf(lines);
  const known = new Map((before?.read.entries ?? []).map((entry) => [entry.place.line, entry]));
  const blocks = new Map((cut?.blocks ?? []).map((block) => [block.line, block]));
  const margin = ' '.repeat(marginOf(cut?.blocks[0]));
  const sorted = entries.toSorted(compareEntries).map((entry) => {
    const was = known.get(entry.place.line);
    const block = was === undefined ? undefined : blocks.get(entry.place.line);
    return was === undefined || block === undefined ? rendered(entry, margin) : withStatements(block, was, entry, margin);
  });
  const unread = (before?.read.problems ?? []).flatMap(({ place }) => blockAround(cut?.blocks ?? [], place.line)?.lines.join('\n') ?? []);
  const head = cut?.head.join('\n').trimEnd() ?? headOf(lines, today, sorted.length + unread.length);
  const tail = cut?.tail.join('\n').trim() ?? '';
  const text = `${[[head, sorted[0] ?? unread[0]].filter((part) => part !== undefined).join('\n'), ...[...sorted, ...unread].slice(1), ...(tail === '' ? [] : [tail])].join('\n\n')}\n`;
  return before?.text.includes('\r\n') === true ? text.replaceAll('\n', '\r\n') : text;
}

/** The heading of a new file, or of one without entries, whose remarks stay. */
function headOf(lines: readonly string[], today: string, count: number): string {
  const remarks = lines.filter((line) => line.startsWith('#'));
  const own = remarks.length > 0 ? remarks : [`# tidemark baseline: what stood on ${today}. Written by tidemark baseline write; edit reason, owner and until by hand.`];
  return [...own, `version: ${FILE_VERSION}`, count === 0 ? 'entries: []' : 'entries:'].join('\n');
}

const MARGIN_COLUMNS = 2;

/** How far the dashes of a list stand from the left: all of them stand alike. */
function marginOf(block: Block | undefined): number {
  const dash = block?.lines[block.remarks];
  return dash === undefined ? MARGIN_COLUMNS : dash.length - dash.trimStart().length;
}

/** An entry as a block of its own. */
function rendered(entry: SuppressionEntry, margin: string): string {
  const fields = ENTRY_KEYS.flatMap((key) => {
    const value = entry[key];
    if (value === null) return [];
    return typeof value === 'string' ? [`${key}: ${scalar(value)}`] : statementLines(value);
  });
  return fields.map((line, index) => `${margin}${index === 0 ? '- ' : '  '}${line}`).join('\n');
}

const IN_ONE_LINE_MAX = 6;

/** Many stand below each other, so that two branches that each add one can be merged. */
function statementLines(statements: readonly string[]): string[] {
  if (statements.length <= IN_ONE_LINE_MAX) return [`statements: [${statements.map(scalar).join(', ')}]`];
  return ['statements:', ...statements.map((digest) => `  - ${scalar(digest)}`)];
}

/** What no YAML takes for anything but a text: words of which one is no number and no `yes`. */
const PLAIN = /^\p{L}[\p{L}\p{N}_.-]*(?:[ /][\p{L}\p{N}_.]+)+$/u;

/** As YAML writes a text in one line; what cannot be seen is escaped. */
function scalar(text: string): string {
  if (PLAIN.test(text)) return text;
  const whole = text.replaceAll(/\p{Cs}/gu, '\ufffd');
  if (/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\ufeff]/u.test(whole)) {
    return JSON.stringify(whole).replaceAll(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu, (letter) => escaped(letter));
  }
  return stringify(whole, { lineWidth: 0, blockQuote: false, version: '1.2' }).replace(/\n$/, '');
}

function escaped(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** The block as it is written, with other statements where they changed. */
function withStatements(block: Block, was: SuppressionEntry, now: SuppressionEntry, margin: string): string {
  const text = block.lines.join('\n');
  if (JSON.stringify(was.statements) === JSON.stringify(now.statements) || now.statements === null) return text;
  const { contents } = parseDocument(text, { schema: 'failsafe', prettyErrors: false, logLevel: 'silent' });
  const item = isSeq(contents) ? contents.items[0] : null;
  const pair = isMap(item) ? item.items.find(({ key }) => isScalar(key) && key.value === 'statements') : undefined;
  const [key, value] = [pair?.key, pair?.value];
  const from = isScalar(key) ? key.range?.[0] : undefined;
  const to = isSeq(value) ? endOf(value) : undefined;
  if (from === undefined || to === undefined) return rendered(now, margin);
  const indent = ' '.repeat(from - (text.lastIndexOf('\n', from - 1) + 1));
  const [first = '', ...more] = statementLines(now.statements);
  return `${text.slice(0, from)}${[first, ...more.map((line) => indent + line)].join('\n')}${text.slice(to)}`;
}

/** Where a list ends, without the line break and the remark behind its last item. */
function endOf(list: YAMLSeq): number | undefined {
  const last = list.items.at(-1);
  return (list.flow !== true && isScalar(last) ? last.range?.[1] : undefined) ?? list.range?.[1];
}

/** The block in which a line stands. */
function blockAround(blocks: readonly Block[], line: number): Block | null {
  return blocks.find((block) => line >= block.line - block.remarks && line < block.line - block.remarks + block.lines.length) ?? null;
}
