import { z } from 'zod';
import type { SourceFile } from '../common/source-file.js';
import type { Origins } from '../common/origins.js';
import { isObject } from '../common/json.js';
import { CodeText } from '../code/code-text.js';
import { LANGUAGES, type Cell, type Notebook } from './cell.js';

const text = z.string().nullish().catch(undefined);
const lines = z.union([z.string(), z.array(z.string().catch(''))]).catch('');

const cellShape = z.object({
  cell_type: text,
  id: text,
  source: lines.optional(),
  /** nbformat 3. */
  input: lines.optional(),
  language: text,
  metadata: z.object({ name: text, title: text, language: text, vscode: z.object({ languageId: text }).optional().catch(undefined) }).optional().catch(undefined),
});
const notebookShape = z.object({
  metadata: z
    .object({
      title: text,
      kernelspec: z.object({ language: text, name: text }).optional().catch(undefined),
      language_info: z.object({ name: text }).optional().catch(undefined),
      authors: z.array(z.union([z.string(), z.object({ name: text })]).catch('')).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** True for nbformat 3 and 4. */
export function isIpynb(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  if (Array.isArray(value['cells'])) return typeof value['nbformat'] === 'number' || value['cells'].some((cell) => isObject(cell) && 'cell_type' in cell && 'source' in cell);
  return Array.isArray(value['worksheets']) && typeof value['nbformat'] === 'number';
}

/** The cells of a Jupyter notebook. A cell's text is a string, or a list of lines that are joined; each keeps its place. */
export function readIpynb(file: SourceFile, origins: Origins): Notebook {
  const { json } = file;
  if (!isObject(json)) return { title: null, authors: [], cells: [] };
  const { metadata } = notebookShape.catch({}).parse(json);
  const kernel = (metadata?.kernelspec?.language ?? metadata?.language_info?.name ?? metadata?.kernelspec?.name ?? 'python').toLowerCase();
  const cells: Cell[] = [];
  let title = metadata?.title ?? null;
  for (const { value, pointer } of cellsOf(json)) {
    const cell = cellShape.catch({}).parse(value);
    const key = cell.source === undefined && cell.input !== undefined ? 'input' : 'source';
    const parts = cell[key] ?? '';
    const written = joined(parts);
    title ??= cell.cell_type === 'markdown' ? headingOf(written.text) : null;
    const number = cells.length + 1;
    const places = placesOf(parts);
    cells.push({
      number,
      id: cell.id ?? null,
      title: cell.metadata?.title ?? cell.metadata?.name ?? null,
      language: languageOfCell(cell, kernel),
      text: written,
      connection: null,
      origin: (offset) => {
        const place = places(offset);
        const origin = origins.add(file, `${pointer}/${key}${place.step}`, place.offset);
        origin.pointer = `cell ${number}`;
        return origin;
      },
    });
  }
  const authors = (metadata?.authors ?? []).map((author) => (typeof author === 'string' ? author : (author.name ?? ''))).filter((name) => name !== '');
  return { title, authors, cells };
}

function languageOfCell({ cell_type: type, metadata, language }: z.infer<typeof cellShape>, kernel: string): Cell['language'] {
  return type === 'code' ? languageOf(metadata?.vscode?.languageId ?? metadata?.language ?? language ?? kernel) : 'other';
}

function languageOf(word: string): Cell['language'] {
  return LANGUAGES[word.toLowerCase()] ?? (/python|pyspark|xeus-py|conda/i.test(word) ? 'python' : 'other');
}

function cellsOf(json: Record<string, unknown>): { value: unknown; pointer: string }[] {
  const { cells, worksheets } = json;
  if (Array.isArray(cells)) return cells.map((value: unknown, index) => ({ value, pointer: `/cells/${index}` }));
  if (!Array.isArray(worksheets)) return [];
  return worksheets.flatMap((sheet: unknown, at) => {
    const inner = isObject(sheet) ? sheet['cells'] : null;
    return Array.isArray(inner) ? inner.map((value: unknown, index) => ({ value, pointer: `/worksheets/${at}/cells/${index}` })) : [];
  });
}

function joined(parts: string | readonly string[]): CodeText {
  const whole = typeof parts === 'string' ? parts : parts.join('');
  return new CodeText().copy(whole, 0, whole.length);
}

/** Gives, for an offset of the joined text, the line of the list that holds it. */
function placesOf(parts: string | readonly string[]): (offset: number) => { step: string; offset: number } {
  if (typeof parts === 'string') return (offset) => ({ step: '', offset });
  const starts: number[] = [];
  let length = 0;
  for (const part of parts) {
    starts.push(length);
    length += part.length;
  }
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { step: starts.length === 0 ? '' : `/${low}`, offset: offset - (starts[low] ?? 0) };
  };
}

/** The first heading of a text in Markdown. */
export function headingOf(markdown: string): string | null {
  return /(?:^|\n)#{1,3}[ \t]+([^\n]{1,200})/.exec(markdown.slice(0, 5_000))?.[1]?.trim() ?? null;
}
