import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { isMap, isSeq, parseDocument } from 'yaml';
import type { Review } from '../../model/review.js';
import { plainText } from '../../text/plain-text.js';
import { count } from '../../text/quantity.js';
import { systemMeaning } from '../error-message.js';
import { UsageError } from '../usage-error.js';

const HEAD = `# What people answered in the boundary review; tidemark review reads it.
# Take away the # before a question, answer yes, partly, no or not-applicable, and say who and when.
`;

/**
 * The file with the questions that wait for a person added as comments. What is in it stays, letter by letter; a question that is in it
 * already, answered or as a comment, is not added again.
 *
 * @param content of the file; null where there is none
 * @returns the text and how many questions were added
 */
export function withQuestions(content: string | null, { checklist, consequences = [] }: Pick<Review, 'checklist' | 'consequences'>, today: string): { text: string; added: number } {
  const before = content ?? HEAD;
  const questions = checklist.filter(({ number, by, answer }) => (by !== 'person' && (by !== 'machine' || answer === 'unknown')) && !new RegExp(`\\bQ${number}["']?\\s*:`).test(before));
  const consumers = consequences.filter(({ consumer, answeredBy }) => answeredBy === null && !before.includes(quoted(consumer)));
  const asked = questions.flatMap(({ number, question, sentence, by }) => [
    `# ${plainText(question, 200)}`, `# ${by === 'proposed' ? 'Proposed by evidence' : 'Known so far'}: ${plainText(sentence, 300)}`, `# Q${number}: { answer: yes, by: NAME, on: ${today} }`,
  ]);
  const wanted = consumers.flatMap(({ consumer }) => [`# - match: ${quoted(consumer)}`, '#   if_wrong: what happens if its data is wrong', '#   if_stale: what happens if its data is old', '#   by: NAME', `#   on: ${today}`]);
  const text = added(added(before, 'answers', asked), 'consumers', wanted);
  return { text, added: questions.length + consumers.length };
}

/** A name as YAML writes it on one line. */
function quoted(name: string): string {
  return JSON.stringify(plainText(name, 300));
}

/** Comments below the line of a key, where they can be made its entries; with the key at the end where it is not there. */
function added(content: string, key: string, comments: readonly string[]): string {
  if (comments.length === 0) return content;
  const end = content.includes('\r\n') ? '\r\n' : '\n';
  const found = blockOf(content, key);
  if (found === 'elsewhere') return `${ended(content, end)}${comments.join(end)}${end}`;
  if (found === null) return `${ended(content, end)}${key}:${end}${comments.map((line) => `  ${line}${end}`).join('')}`;
  const indented = comments.map((line) => `${' '.repeat(found.indent)}${line}${end}`).join('');
  const head = ended(content.slice(0, found.offset), end);
  return head + indented + content.slice(found.offset);
}

function ended(text: string, end: string): string {
  return text === '' || text.endsWith('\n') ? text : text + end;
}

/** Where the line of a key ends and how deep its entries stand; `elsewhere` where the key is written so that no comment fits behind its line. */
function blockOf(content: string, key: string): { offset: number; indent: number } | 'elsewhere' | null {
  const document = parseDocument(content, { version: '1.2' });
  if (!isMap(document.contents)) return document.contents === null ? null : 'elsewhere';
  const pair = document.contents.items.find((item) => String(item.key) === key);
  if (pair === undefined) return document.contents.flow === true ? 'elsewhere' : null;
  const start = new RegExp(`^${key}[ \\t]*:[ \\t]*(?:#[^\\n]*)?(?:\\r?\\n|$)`, 'm').exec(content);
  if (start === null) return 'elsewhere';
  const value: unknown = pair.value;
  const [first] = isMap(value) ? value.items.map((item) => rangeOf(item.key)) : isSeq(value) ? value.items.map((item) => rangeOf(item)) : [];
  const indent = first == null ? 2 : columnOf(content, first) - (isSeq(value) ? 2 : 0);
  return { offset: start.index + start[0].length, indent: Math.max(0, indent) };
}

function rangeOf(node: unknown): number | null {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : null;
}

function columnOf(content: string, offset: number): number {
  return offset - (content.lastIndexOf('\n', offset - 1) + 1);
}

/**
 * Adds the open questions to the file, whole or not at all.
 *
 * @returns what was done, in words
 * @throws UsageError where it cannot be written
 */
export async function writeQuestions(file: string, name: string, review: Pick<Review, 'checklist' | 'consequences'>, today: string): Promise<string> {
  try {
    const isThere = (await stat(file).catch(() => null)) !== null;
    const { text, added: number } = withQuestions(isThere ? await readFile(file, 'utf8') : null, review, today);
    if (number === 0) return `${name} has every open question already`;
    const whole = `${file}.${randomUUID()}.part`;
    try {
      await writeFile(whole, text, { flag: 'wx' });
      // A file that somebody made meanwhile is not replaced.
      if (isThere) await rename(whole, file);
      else await link(whole, file);
    } finally {
      await rm(whole, { force: true });
    }
    return `${isThere ? 'added' : 'wrote'} ${count(number, 'open question')} to ${name}`;
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new UsageError(`cannot write ${name}: ${systemMeaning(error) ?? cause}`, 'grant the right, or choose another file with --answers');
  }
}
