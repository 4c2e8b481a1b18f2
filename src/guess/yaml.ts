import { plainText } from '../text/plain-text.js';

const COMMENT_LENGTH_MAX = 240;

/** A value as YAML takes it on one line, whatever stands in it. */
export function scalar(text: string): string {
  return /^[A-Za-z][\w./ -]*[\w.]$/.test(text) && !/^(?:true|false|null|yes|no|on|off|~)$/i.test(text) && !text.includes(' #') ? text : JSON.stringify(text);
}

export const list = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;

/** A comment behind a line: what comes from databases and dashboards must not end it. */
export function comment(text: string): string {
  return `  # ${plainText(text, COMMENT_LENGTH_MAX)}`;
}

/** `guess: …`, and how sure it is where that is known. */
export function guess(reason: string, confidence: number | null = null): string {
  const sure = confidence === null ? '' : `, ${Math.round(confidence * 100)} % sure`;
  return comment(`guess${sure}: ${reason.replace(/^guessed:?\s*/, '')}`);
}
