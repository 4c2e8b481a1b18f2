import { pointerStep } from '../common/json-position.js';
import { isObject } from '../common/json.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';
import type { Model, SharedExpression } from './model.js';
import { mTokens, type MToken } from './m-tokens.js';
import { jsonText, type PlacedText } from './placed-text.js';

/** `section Section1;`, perhaps behind attributes and comments: a document of queries (M language specification, section 11). */
const SECTION = /^(?:\s|\/\/[^\n]{0,2000}\n|\[[^\]]{0,2000}\]{1,5})*section(?:\s+(?:[\w.]{1,200}|#"[^"\n]{0,200}"))?\s{0,20};/;
/** Behind this, documents are longer than people write them. */
const DOCUMENT_LENGTH_MAX = 5_000_000;

/** How sure it is that a file holds queries of a dataflow: `mashup.pq` in a Fabric folder, or any section document of Power Query. */
export function sectionCertainty({ path, text }: SourceFile): number {
  if (!/\.pq$/i.test(path)) return 0;
  if (SECTION.test(text.slice(0, 10_000))) return 0.9;
  return /^\s*let\b/.test(text) && /\b(?:Source|Database|NativeQuery)\b/.test(text) ? 0.7 : 0;
}

/** Adds the queries of a `.pq` file. A file without a section is one query, named after the file. */
export function addSection(model: Model, file: SourceFile): void {
  const text = file.text.slice(0, DOCUMENT_LENGTH_MAX);
  const placedAt = (pointer: string): PlacedText => ({ text, originAt: (offset) => ({ file: file.path, pointer, ...file.position(offset) }) });
  const placed = placedAt('');
  if (SECTION.test(text.slice(0, 10_000))) model.expressions.push(...membersOf(text, (name) => placedAt(`/section[${name}]`)));
  else model.expressions.push({ name: file.path.slice(file.path.lastIndexOf('/') + 1).replace(/\.pq$/i, ''), description: null, text: placed });
}

/** The document of a dataflow's `model.json` (Common Data Model folder), with the pointer to it; null for other files. */
export function dataflowDocument(json: unknown): { name: string | null; pointer: string; document: string } | null {
  const mashup = isObject(json) ? json['pbi:mashup'] : null;
  const document = isObject(mashup) ? mashup['document'] : null;
  if (!isObject(json) || typeof document !== 'string') return null;
  const { name } = json;
  return { name: typeof name === 'string' ? name : null, pointer: `${pointerStep('pbi:mashup')}${pointerStep('document')}`, document };
}

export function addDataflow(model: Model, { pointer, document }: NonNullable<ReturnType<typeof dataflowDocument>>, file: SourceFile, origins: Origins): void {
  const placed = document.length > DOCUMENT_LENGTH_MAX ? null : jsonText(origins, file, pointer, document);
  if (placed !== null) model.expressions.push(...membersOf(document, () => placed));
}

/** `shared Name = expression;`, one after the other. */
function membersOf(document: string, placedFor: (name: string) => PlacedText): SharedExpression[] {
  const members: SharedExpression[] = [];
  const tokens = mTokens(document);
  let name: string | null = null;
  let start: number | null = null;
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    const { kind, text } = token;
    if (kind === 'sign') depth = Math.max(0, depth + depthChange(text));
    if (start === null && depth === 0 && kind === 'sign' && text === '=') {
      name = nameOf(tokens[index - 1]);
      start = token.end;
    } else if ((kind === 'sign' && text === ';' && depth === 0) || kind === 'end') {
      if (name !== null && start !== null) members.push(member(placedFor(name), name, start, token.start));
      name = null;
      start = null;
    }
  }
  return members;
}

function member(placed: PlacedText, name: string, from: number, end: number): SharedExpression {
  const start = from + (placed.text.slice(from, end).match(/^\s*/)?.[0].length ?? 0);
  const text: PlacedText = { text: placed.text.slice(start, end).trimEnd(), originAt: (offset) => placed.originAt(start + offset) };
  return { name, description: null, text };
}

function nameOf(token: MToken | undefined): string | null {
  return token?.kind === 'word' || token?.kind === 'quoted' ? token.text : null;
}

function depthChange(sign: string): number {
  if (sign === '(' || sign === '[' || sign === '{') return 1;
  return sign === ')' || sign === ']' || sign === '}' ? -1 : 0;
}
