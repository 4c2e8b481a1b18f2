import { regionAt, regions } from '../../sql/lexer.js';
import type { Hole } from '../../template/holes.js';
import { dynamicName } from '../../template/placeholder.js';
import { Rewriter } from '../../template/rewrite.js';
import type { Trace } from './setting.js';

/** Words that statements begin with. */
const STATEMENTS = new Set(['select', 'with', 'values', 'table', 'insert', 'update', 'delete', 'create', 'merge', 'call', 'declare', 'begin', 'drop', 'set', 'alter', 'truncate', 'analyze', 'grant']);

/** `-- if prod --` and the whole of a development line: Looker keeps what stands behind the first and drops the second. */
export function switchesIn(text: string): Hole[] {
  if (!text.includes('--')) return [];
  const found = text.matchAll(/--[ \t]*if[ \t]+(?:prod[ \t]*--|dev[ \t]*--[^\n]*)/gi);
  return [...found].map((match) => ({ start: match.index, end: match.index + match[0].length, name: 'environment', text: '' }));
}

/** Every `${…}` outside comments; its name is what stands between the braces. */
export function referencesIn(text: string): Hole[] {
  if (!text.includes('${')) return [];
  const lexed = text.includes('--') || text.includes('/*') ? regions(withoutSwitches(text)) : null;
  const holes: Hole[] = [];
  for (const match of text.matchAll(/\$\{([^{}\n]{0,300})\}/g)) {
    const start = match.index;
    if (lexed !== null && /comment/.test(regionAt(lexed, start)?.kind ?? '')) continue;
    holes.push({ start, end: start + match[0].length, name: (match[1] ?? '').trim() });
  }
  return holes;
}

/** A text with the manifest's constants in place of `@{name}`, and where everything comes from. */
export function withConstants(text: string, constants: ReadonlyMap<string, string>, trace: Trace): ReturnType<Rewriter['finish']> {
  if (!text.includes('@{')) return { sql: text, map: [] };
  const rewriter = new Rewriter(text);
  let at = 0;
  for (const match of text.matchAll(/@\{([^}\n]*)\}/g)) {
    const name = (match[1] ?? '').trim();
    const value = constants.get(name);
    if (value === undefined) trace.notes.problem('missing-reference', `the constant ${name.slice(0, 80)} is not in the manifest`);
    rewriter.copy(at, match.index);
    at = match.index + match[0].length;
    rewriter.generate(value ?? dynamicName(name), match.index, at);
  }
  rewriter.copy(at, text.length);
  return rewriter.finish();
}

/** The same length, with the switches of an environment blanked: what follows them is code. */
export function withoutSwitches(text: string): string {
  return text.replace(/--[ \t]*if[ \t]+prod[ \t]*--/gi, (found) => ' '.repeat(found.length));
}

/** True where an alias follows. */
export function isNamed(text: string, end: number): boolean {
  const [, word] = /^\s*([A-Za-z_"][\w"]*)/.exec(text.slice(end, end + 80)) ?? [];
  return word !== undefined && !/^(where|on|using|join|left|right|inner|full|cross|natural|group|order|having|limit|union|except|intersect|window|tablesample|offset|fetch|for)$/i.test(word);
}

/** The SQL of a derived table; some leave SELECT to where they are put in. */
export function asStatement(text: string): string {
  return missingHead(text) + text.replace(/;\s*$/, '');
}

/** What a text lacks to be a statement: nothing, `SELECT ` or `SELECT * FROM `. */
export function missingHead(text: string): string {
  const [word] = /^[A-Za-z]+/.exec(text.replace(/^(?:\s|--[^\n]*\n|\/\*[^]*?\*\/)+/, '')) ?? [];
  if (word === undefined || STATEMENTS.has(word.toLowerCase())) return '';
  return /\bfrom\b/i.test(text) ? 'SELECT ' : 'SELECT * FROM ';
}
