import type { PeriodUnit } from './expression.js';

/** Control characters as an engine writes them in a text, so that none stands in SQL that people read. */
export function escapedControls(text: string, written: (code: number) => string): string {
  return text.replaceAll(/[\u0000-\u001F\u007F]/g, (character) => written(character.charCodeAt(0)));
}

export function hexadecimal(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}

/** `"name"` of the SQL standard. */
export function standardName(name: string): string {
  return `"${name.replaceAll('"', '""').replaceAll('\0', '')}"`;
}

/** A text in whose quotes a backslash escapes. */
export function backslashText(text: string, control: (code: number) => string): string {
  return `'${escapedControls(text.replaceAll('\\', '\\\\').replaceAll("'", "\\'"), control)}'`;
}

/** A text in pieces, where control characters and backslashes are written by their number. */
export function textByNumber(text: string, joined: (pieces: readonly string[]) => string): string {
  const pieces = text.split(/([\u0000-\u001F\u007F\\])/).filter((piece) => piece !== '');
  const written = pieces.map((piece) => (/^[\u0000-\u001F\u007F\\]$/.test(piece) ? `chr(${piece.charCodeAt(0)})` : `'${piece.replaceAll("'", "''")}'`));
  return written.length === 0 ? `''` : written.length === 1 ? (written[0] ?? `''`) : joined(written);
}

export const PERIOD_SECONDS: Readonly<Record<Exclude<PeriodUnit, 'month'>, number>> = { hour: 3600, day: 86_400 };

/** JSON outside of its strings has no blanks that mean something. `\\` stands for one backslash of the pattern. */
export const JSON_STRINGS_AND_BLANKS = String.raw`("(?:[^"\\]|\\.)*")|[ \t\n\r]+`;

/** `1` and `0` of a boolean by a comparison that every engine has. */
export function truthOf(x: string): string {
  return `case when ${x} then '1' when not ${x} then '0' end`;
}

/** Rounded down to a multiple, where `/` or `div` cuts towards zero. */
export function flooredToMultiple(count: string, unit: number): string {
  return `(${count} - mod(mod(${count}, ${unit}) + ${unit}, ${unit}))`;
}

/** `x div width` rounded down where `div` cuts towards zero: below zero it counts from -1, which cannot overflow. */
export function flooredQuotient(x: string, quotient: (x: string) => string): string {
  return `case when ${x} >= 0 then ${quotient(x)} else -(${quotient(`(-1 - ${x})`)}) - 1 end`;
}
