import { regionAt, regions, type Region } from '../sql/lexer.js';
import { NESTING_MAX } from './limits.js';
import type { Notes } from './result.js';

export interface TextNode {
  kind: 'text';
  start: number;
  end: number;
}

/** `{{name}}` with its braces. */
export interface TagNode {
  kind: 'tag';
  start: number;
  end: number;
  name: string;
}

/** `[[ … ]]` with its brackets. */
export interface OptionalNode {
  kind: 'optional';
  start: number;
  end: number;
  children: TemplateNode[];
}

export type TemplateNode = TextNode | TagNode | OptionalNode;

export interface MetabaseTemplate {
  nodes: TemplateNode[];
  /** The text with markers blanked and tags as letters, of the same length. */
  blanked: string;
}

interface Marker {
  kind: 'tag' | 'open' | 'close';
  start: number;
  end: number;
}

function markersOf(text: string, notes: Notes): Marker[] {
  const markers: Marker[] = [];
  const pattern = /\[\[|\]\]|\{\{(?!\{)/g;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const start = match.index;
    if (match[0] !== '{{') {
      markers.push({ kind: match[0] === '[[' ? 'open' : 'close', start, end: start + 2 });
      continue;
    }
    const close = text.indexOf('}}', start + 2);
    if (close < 0) {
      notes.problem('unbalanced-template', 'a {{ has no }}: Metabase refuses to run this question');
      break;
    }
    markers.push({ kind: 'tag', start, end: close + 2 });
    pattern.lastIndex = close + 2;
  }
  return markers;
}

function blank(text: string, markers: readonly Marker[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { kind, start, end } of markers) {
    parts.push(text.slice(at, start), (kind === 'tag' ? 'x' : ' ').repeat(end - start));
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/**
 * Reads `{{tags}}` and `[[optional clauses]]`. Markers in comments are text, except within an optional clause, where
 * Metabase knows no comments; a closing marker without its opening one is text. Needs no recursion.
 */
export function parseMetabase(text: string, notes: Notes): MetabaseTemplate {
  const markers = markersOf(text, notes);
  const blanked = blank(text, markers);
  return { nodes: new Builder(text, regions(blanked), notes).build(markers), blanked };
}

interface Frame {
  start: number;
  nodes: TemplateNode[];
}

class Builder {
  readonly #stack: Frame[] = [];
  #nodes: TemplateNode[] = [];
  #at = 0;

  constructor(
    readonly text: string,
    readonly regions: readonly Region[],
    readonly notes: Notes,
  ) {}

  build(markers: readonly Marker[]): TemplateNode[] {
    for (const marker of markers) {
      if (this.#stack.length === 0 && this.#isComment(marker.start)) continue;
      if (marker.kind === 'tag') this.#tag(marker);
      else if (marker.kind === 'open') this.#open(marker);
      else if (this.#stack.length > 0) this.#close(marker);
    }
    this.#text(this.text.length);
    while (this.#stack.length > 0) this.#abandon();
    return this.#nodes;
  }

  #isComment(offset: number): boolean {
    return regionAt(this.regions, offset)?.kind.endsWith('comment') === true;
  }

  #text(end: number): void {
    if (end > this.#at) this.#nodes.push({ kind: 'text', start: this.#at, end });
    this.#at = Math.max(this.#at, end);
  }

  #tag({ start, end }: Marker): void {
    this.#text(start);
    this.#nodes.push({ kind: 'tag', start, end, name: this.text.slice(start + 2, end - 2).trim() });
    this.#at = end;
  }

  #open({ start, end }: Marker): void {
    if (this.#stack.length >= NESTING_MAX) {
      this.notes.problem('unsupported', `optional clauses nest deeper than ${NESTING_MAX}`);
      return;
    }
    this.#text(start);
    this.#stack.push({ start, nodes: this.#nodes });
    this.#nodes = [];
    this.#at = end;
  }

  #close({ start, end }: Marker): void {
    this.#text(start);
    const frame = this.#stack.pop();
    if (frame === undefined) return;
    const children = this.#nodes;
    this.#nodes = frame.nodes;
    if (children.every((child) => child.kind === 'text')) {
      this.notes.problem('unbalanced-template', 'a [[ ]] holds no parameter: Metabase refuses to run this question');
      this.#nodes.push({ kind: 'text', start: frame.start, end });
    } else {
      this.#nodes.push({ kind: 'optional', start: frame.start, end, children });
    }
    this.#at = end;
  }

  /** What follows a `[[` that is never closed is kept, so that its relations are seen. */
  #abandon(): void {
    const frame = this.#stack.pop();
    if (frame === undefined) return;
    this.notes.problem('unbalanced-template', 'a [[ has no ]]: Metabase refuses to run this question');
    this.#nodes = [...frame.nodes, ...this.#nodes];
  }
}
