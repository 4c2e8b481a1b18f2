import { isScalar, type Scalar } from 'yaml';

/**
 * Where the characters of a YAML scalar stand in the file: from a UTF-16 offset in the value to one in the text. Knows
 * plain, quoted, folded (`>`) and literal (`|`) scalars over several lines. A blank of the value maps to the place after
 * the character before it, since folding makes blanks out of line breaks and indentation.
 */
export function scalarOffsets(node: Scalar, text: string): (offset: number) => number {
  const value = String(node.value);
  const places: number[] = [];
  const units = sourceUnits(node, text);
  let after = contentStart(node);
  for (let index = 0; index < value.length; index += 1) {
    if (/\s/.test(value.charAt(index))) {
      places.push(after);
      continue;
    }
    const unit = units.next();
    if (unit.done === true) break;
    places.push(unit.value.start);
    after = unit.value.end;
  }
  return (offset) => places[offset] ?? after;
}

interface SourceUnit {
  start: number;
  end: number;
}

/** The places of all UTF-16 units of the value that are not blank, in order. */
function* sourceUnits(node: Scalar, text: string): Generator<SourceUnit> {
  const end = node.range?.[1] ?? text.length;
  let at = contentStart(node);
  while (at < end) {
    const { length, units } = unitsAt(node, text, at);
    for (let unit = 0; unit < units; unit += 1) yield { start: at, end: at + length };
    at += length;
  }
}

/** How many UTF-16 units of the text make one character of the value, and how many non-blank units of the value it gives. */
function unitsAt(node: Scalar, text: string, at: number): { length: number; units: number } {
  const character = text.charAt(at);
  if (node.type === 'QUOTE_SINGLE' && text.startsWith("''", at)) return { length: 2, units: 1 };
  if (node.type === 'QUOTE_DOUBLE' && character === '\\') return escapeAt(text, at);
  return { length: 1, units: /\s/.test(character) ? 0 : 1 };
}

/** The escapes of YAML 1.2.2, section 5.7. */
function escapeAt(text: string, at: number): { length: number; units: number } {
  const kind = text.charAt(at + 1);
  const digits = { x: 2, u: 4, U: 8 }[kind];
  if (digits === undefined) return { length: 2, units: /[tnvr \t\r\n_LPf]/.test(kind) ? 0 : 1 };
  const point = Number.parseInt(text.slice(at + 2, at + 2 + digits), 16);
  const decoded = Number.isNaN(point) || point > 0x10ffff ? '' : String.fromCodePoint(point);
  return { length: 2 + digits, units: /^\s$/.test(decoded) ? 0 : decoded.length };
}

function contentStart(node: Scalar): number {
  const token = node.srcToken;
  if (token?.type === 'block-scalar') {
    const header = token.props.at(-1);
    return header !== undefined && 'source' in header ? header.offset + header.source.length : token.offset;
  }
  const start = node.range?.[0] ?? 0;
  return node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE' ? start + 1 : start;
}

export function isTextScalar(node: unknown): node is Scalar<string> {
  return isScalar(node) && typeof node.value === 'string';
}
