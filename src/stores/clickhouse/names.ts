import { oneLine } from '../store.js';

/** A text as SQL writes it. */
export function textOf(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\0', '')}'`;
}

/** A name in backticks, whatever stands in it. */
export function nameOf(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}

/** A name in SQL for people: in backticks where it needs them, and without what a terminal would act on. */
export function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${oneLine(name).replace(/[\\`]/g, '\\$&')}\``;
}
