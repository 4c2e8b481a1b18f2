import type { SourceFile } from '../common/source-file.js';
import type { Origins } from '../common/origins.js';
import { isObject } from '../common/json.js';
import { CodeText } from '../code/code-text.js';
import { LANGUAGES, stretch, type Cell, type CellLanguage, type Notebook } from './cell.js';
import { headingOf } from './ipynb.js';

const COMMAND = /^(?:#|--|\/\/) COMMAND -+[ \t]*\r?$/;
export const DATABRICKS = /^(?:#|--|\/\/) Databricks notebook source/;

interface Line {
  start: number;
  end: number;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    lines.push({ start, end });
    start = end + 1;
  }
  return lines;
}

function plainOrigin(file: SourceFile, number: number): Cell['origin'] {
  return (offset) => ({ file: file.path, pointer: `cell ${number}`, ...file.position(offset) });
}

/** A notebook of Databricks as it stands in Git: cells between `COMMAND` lines, those of another language behind `MAGIC`. */
export function readDatabricks(file: SourceFile): Notebook {
  const own: CellLanguage = file.text.startsWith('--') ? 'sql' : file.text.startsWith('#') ? (/\.r$/i.test(file.path) ? 'r' : 'python') : 'other';
  const cells: Cell[] = [];
  let title: string | null = null;
  let lines: Line[] = [];
  const flush = (): void => {
    const cell = databricksCell(file, lines, own, cells.length + 1);
    title ??= /^\s*%md\b/.test(cell.text.text) ? headingOf(cell.text.text.replace(/^\s*%md\s*/, '\n')) : null;
    cells.push(cell);
    lines = [];
  };
  for (const [index, line] of linesOf(file.text).entries()) {
    if (index === 0) continue;
    if (COMMAND.test(file.text.slice(line.start, Math.min(line.end, line.start + 200)))) flush();
    else lines.push(line);
  }
  flush();
  return { title, authors: [], cells };
}

function databricksCell(file: SourceFile, lines: readonly Line[], own: CellLanguage, number: number): Cell {
  const magic = /^(?:#|--|\/\/) MAGIC ?/;
  const titleLine = lines.map(({ start, end }) => /^(?:#|--|\/\/) DBTITLE \d,(.{1,200})/.exec(file.text.slice(start, end))?.[1]).find((found) => found !== undefined);
  const isMagic = lines.some(({ start }) => magic.test(file.text.slice(start, start + 12)));
  const text = new CodeText();
  for (const { start, end } of lines) {
    const head = file.text.slice(start, Math.min(end, start + 12));
    if (/^(?:#|--|\/\/) DBTITLE /.test(head)) continue;
    const prefix = isMagic ? (magic.exec(head)?.[0].length ?? 0) : 0;
    if (isMagic && prefix === 0) continue;
    text.copy(file.text, start + prefix, Math.min(end + 1, file.text.length));
  }
  const word = isMagic ? /^\s*%(\w+)/.exec(text.text)?.[1] : undefined;
  const language = word === undefined ? (isMagic ? 'other' : own) : (LANGUAGES[word] ?? 'other');
  const skipped = word === undefined ? 0 : (/^\s*%\w+[ \t]*\r?\n?/.exec(text.text)?.[0].length ?? 0);
  return { number, id: null, title: titleLine ?? null, language, text: language === 'other' ? text : part(text, skipped), connection: 'databricks', origin: plainOrigin(file, number) };
}

/** The text from an offset on, with its places. */
export function part(text: CodeText, from: number, to = text.length): CodeText {
  if (from === 0 && to === text.length) return text;
  const rest = new CodeText();
  const whole = text.text;
  let at = from;
  while (at < to) {
    const newline = whole.indexOf('\n', at);
    const end = newline < 0 || newline + 1 > to ? to : newline + 1;
    const offset = text.offsetOf(at);
    rest.mapped(whole.slice(at, end), offset);
    at = end;
  }
  return rest;
}

const FENCE = /^([ \t]*)(`{3,}|~{3,})\s*\{\s*\.?([A-Za-z]+)\b([^}]*)\}/;

/** R Markdown and Quarto: fenced chunks with their options in braces or behind `#|`. */
export function readMarkdown(file: SourceFile): Notebook {
  const cells: Cell[] = [];
  const lines = linesOf(file.text);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) break;
    const open = FENCE.exec(file.text.slice(line.start, Math.min(line.end, line.start + 500)));
    if (open?.[2] === undefined) continue;
    const close = open[2];
    let last = index + 1;
    while (last < lines.length && !file.text.slice(lines[last]?.start ?? 0, lines[last]?.end).trim().startsWith(close)) last++;
    const start = Math.min(line.end + 1, file.text.length);
    const end = Math.max(start, lines[last]?.start ?? file.text.length);
    const language = LANGUAGES[(open[3] ?? '').toLowerCase()] ?? 'other';
    const body = file.text.slice(start, Math.min(end, start + 2_000));
    const options = `${open[4] ?? ''}\n${[...body.matchAll(/^(?:--|#)\| ?([^\n]*)$/gm)].map((match) => match[1]).join('\n')}`;
    const number = cells.length + 1;
    const label = /^\s+([\w-]+)\s*(?:,|$)/.exec(open[4] ?? '')?.[1] ?? /(?:^|[\n,])\s*(?:label|output\.var|output-var)\s*[=:]\s*"?([\w-]+)/.exec(options)?.[1] ?? null;
    cells.push({
      number,
      id: label,
      title: label,
      language,
      text: stretch(file.text, start, end),
      connection: language === 'sql' ? (/connection\s*[=:]\s*"?([\w.$]+)/.exec(options)?.[1] ?? null) : null,
      origin: plainOrigin(file, number),
    });
    index = last;
  }
  const front = /^---\r?\n[^]{0,5000}?^title:\s*["']?([^"'\n]+)/m.exec(file.text.slice(0, 6_000))?.[1]?.trim();
  return { title: front ?? headingOf(file.text), authors: authorsOf(file.text), cells };
}

function authorsOf(text: string): string[] {
  const author = /^---\r?\n[^]{0,5000}?^author:[ \t]*["']?([^"'\n[\]{}]+)/m.exec(text.slice(0, 6_000))?.[1]?.trim();
  return author === undefined || author === '' ? [] : [author];
}

/** A note of Zeppelin: paragraphs whose first word names the interpreter. */
export function isZeppelin(value: unknown): value is Record<string, unknown> {
  return isObject(value) && Array.isArray(value['paragraphs']) && value['paragraphs'].some((one) => isObject(one) && typeof one['text'] === 'string' && ('jobName' in one || 'dateCreated' in one || 'settings' in one || 'config' in one));
}

export function readZeppelin(file: SourceFile, origins: Origins): Notebook {
  const { json } = file;
  const paragraphs: unknown[] = isZeppelin(json) && Array.isArray(json['paragraphs']) ? json['paragraphs'] : [];
  const cells = paragraphs.map((value, index): Cell => {
    const written = isObject(value) && typeof value['text'] === 'string' ? value['text'] : '';
    const head = /^\s*%([\w.]+)(?:\(([\w.-]{1,60})[^)\n]*\))?[ \t]*\r?\n?/.exec(written);
    const word = head?.[1] ?? '';
    const isSql = /sql$|^jdbc$|^postgres|^presto|^trino|^hive|^bigquery|^redshift/i.test(word);
    const language = isSql ? 'sql' : /python|pyspark/i.test(word) ? 'python' : 'other';
    const number = index + 1;
    return {
      number,
      id: isObject(value) && typeof value['id'] === 'string' ? value['id'] : null,
      title: isObject(value) && typeof value['title'] === 'string' ? value['title'] : null,
      language,
      text: stretch(written, head?.[0].length ?? 0, written.length),
      connection: isSql ? (head?.[2] ?? word) : null,
      origin: (offset) => {
        const origin = origins.add(file, `/paragraphs/${index}/text`, offset);
        origin.pointer = `cell ${number}`;
        return origin;
      },
    };
  });
  return { title: isZeppelin(json) && typeof json['name'] === 'string' ? json['name'] : null, authors: [], cells };
}
