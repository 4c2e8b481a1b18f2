/** Texts that mean themselves without quotes, whatever stands behind them: no mark at the beginning, no `: `, no ` #`. */
const PLAIN = /^[\p{L}\p{N}_./](?:[^\s:#]| (?=[^\s#])|:(?=[^\s])|(?<=\S)#)*$/u;
const FIELD = /^( *)(- )?([a-z]+):(?: (.+))?$/;
const DIGEST = /^(?:"([0-9a-f]{12})"|([0-9a-f]{12}))$/;

/**
 * An entry in the form in which `baseline write` leaves it, a field a line; null for every other form, which a reader of YAML is to
 * look at. Thousands of entries are read in a tenth of the time.
 *
 * @param lines from the dash on
 */
export function plainBlock(lines: readonly string[]): Record<string, string | string[]> | null {
  const entry = new Map<string, string | string[]>();
  const margin = FIELD.exec(lines[0] ?? '')?.[1] ?? '';
  // A list in brackets has ended with its line.
  let isOpenList = false;
  for (const [index, line] of lines.entries()) {
    const item = itemOf(line, `${margin}    - `);
    const list = entry.get('statements');
    if (item !== null && isOpenList && Array.isArray(list)) {
      list.push(item);
      continue;
    }
    const [, indent, dash, key = '', text] = FIELD.exec(line) ?? [];
    if (indent !== (index === 0 ? margin : `${margin}  `) || (dash !== undefined) !== (index === 0) || entry.has(key)) return null;
    const value = key === 'statements' ? listOf(text) : textOf(text);
    if (value === null) return null;
    entry.set(key, value);
    isOpenList = key === 'statements' && text === undefined;
  }
  // A list without items is no list in YAML.
  return entry.size === 0 || entry.get('statements')?.length === 0 ? null : Object.fromEntries(entry);
}

function textOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const quoted = /^"([^"\\]*)"$/.exec(text)?.[1];
  return quoted ?? (PLAIN.test(text) ? text : null);
}

function listOf(text: string | undefined): string[] | null {
  if (text === undefined) return [];
  const inner = /^\[(.+)\]$/.exec(text)?.[1];
  if (inner === undefined) return null;
  const digests = inner.split(', ').map(digestOf);
  return digests.every((digest) => digest !== null) ? digests : null;
}

function itemOf(line: string, beginning: string): string | null {
  return line.startsWith(beginning) ? digestOf(line.slice(beginning.length)) : null;
}

function digestOf(text: string): string | null {
  const [, quoted, plain] = DIGEST.exec(text) ?? [];
  return quoted ?? plain ?? null;
}
