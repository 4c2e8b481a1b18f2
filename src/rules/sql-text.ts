import { plainText } from '../text/plain-text.js';

/** A text as an SQL string constant; an escape string where it holds a backslash, so that it means the same under every setting. */
export function sqlLiteral(text: string): string {
  const clean = plainText(text, 500).replaceAll("'", "''");
  return clean.includes('\\') ? `E'${clean.replaceAll('\\', '\\\\')}'` : `'${clean}'`;
}
