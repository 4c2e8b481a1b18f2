import type { Segment } from '../../model/query.js';
import type { Hole } from '../holes.js';
import { Rewriter } from '../rewrite.js';
import type { JinjaUnknown, Piece } from './value.js';

/** A rendering, with its unknown values still as holes, and its map to the template. */
export interface Output {
  text: string;
  map: Segment[];
  holes: Hole[];
}

/** Joins the pieces of a rendering of `source`. */
export function outputOf(source: string, pieces: readonly Piece[]): Output {
  const rewriter = new Rewriter(source);
  const holes: Hole[] = [];
  let length = 0;
  for (const piece of pieces) {
    if (piece.kind === 'copy') {
      rewriter.copy(piece.start, piece.end);
      length += piece.end - piece.start;
      continue;
    }
    const text = piece.kind === 'text' ? piece.text : constructOf(source, piece.start, piece.end, piece.unknown);
    rewriter.generate(text, piece.start, piece.end);
    if (piece.kind === 'hole') holes.push(holeOf(piece.unknown, length, length + text.length));
    length += text.length;
  }
  const { sql, map } = rewriter.finish();
  return { text: sql, map, holes };
}

/** What stands at a hole where nothing is put in its place, which is in comments: the construct on one line. */
function constructOf(source: string, start: number, end: number, unknown: JinjaUnknown): string {
  const construct = source.slice(start, end);
  if (construct.startsWith('{{') && construct.length <= 200 && !construct.includes('\n') && !construct.includes('*/')) return construct;
  return `{{ ${unknown.name.replace(/[^\w. ]+/g, ' ')} }}`;
}

function holeOf({ name, type, values, assumption }: JinjaUnknown, start: number, end: number): Hole {
  return { start, end, name: name.replace(/\s+/g, ' '), type, values, assumption };
}
