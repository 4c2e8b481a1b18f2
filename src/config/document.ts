import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
  type YAMLError,
} from 'yaml';
import { ConfigurationError, type Place, type Problem } from './problem.js';

/** A YAML text with the means to say where each of its values stands. */
export interface ConfigurationDocument {
  yaml: Document;
  /** Where a value stands or, if it is not there, the nearest value around it. */
  placeOf: (path: readonly PropertyKey[]) => Place;
  /** Where a key stands. */
  placeOfKey: (path: readonly PropertyKey[], key: string) => Place;
  placeAt: (offset: number) => Place;
}

/** Reads YAML 1.2 of one document. `file` is how messages name it. Throws ConfigurationError. */
export function readDocument(text: string, file: string): ConfigurationDocument {
  const lineCounter = new LineCounter();
  const placeAt = placesOf(text, file, lineCounter);
  const yaml = parse(text, file, lineCounter);
  const [first] = [...yaml.errors, ...yaml.warnings];
  // One mistake of form makes the reader stumble on, so only the first says something.
  if (first !== undefined) throw new ConfigurationError([formProblem(first, file, placeAt)]);
  refuseAliases(yaml, file, placeAt);
  return {
    yaml,
    placeAt,
    placeOf: (path) => placeAt(offsetOf(nodeAt(yaml, path))),
    placeOfKey: (path, key) => {
      const map = nodeAt(yaml, path);
      const pair = isMap(map) ? map.items.find((item) => keyText(item.key) === key) : undefined;
      return placeAt(offsetOf(isNode(pair?.key) ? pair.key : map));
    },
  };
}

function parse(text: string, file: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, { prettyErrors: false, lineCounter, version: '1.2' });
  } catch (error) {
    // The reader is recursive, and the size of a file does not bound how deep it nests.
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigurationError([{ message: `${file} ${TOO_DEEP}`, place: null }], { cause: error });
  }
}

const TOO_DEEP = 'is nested too deeply for a configuration';

function formProblem(error: YAMLError, file: string, placeAt: (offset: number) => Place): Problem {
  if (error.message.startsWith('Maximum call stack')) return { message: `${file} ${TOO_DEEP}`, place: null };
  return { message: `is no YAML: ${error.message.replace(/[.:]$/, '')}`, place: placeAt(error.pos[0]) };
}

/** Each alias is looked for in the whole document and copied wherever it stands, so few are allowed. */
const ALIASES_MAX = 100;

function refuseAliases(yaml: Document, file: string, placeAt: (offset: number) => Place): void {
  const aliases: Alias[] = [];
  visit(yaml, {
    Alias(_key, node) {
      aliases.push(node);
      return aliases.length > ALIASES_MAX ? visit.BREAK : undefined;
    },
  });
  if (aliases.length > ALIASES_MAX) {
    throw new ConfigurationError([{ message: `${file} uses more than ${ALIASES_MAX} aliases (*name), which no configuration needs`, place: null }]);
  }
  const unknown = aliases.filter((alias) => alias.resolve(yaml) === undefined);
  if (unknown.length === 0) return;
  throw new ConfigurationError(
    unknown.map((alias) => ({
      message: `there is no anchor &${alias.source} before *${alias.source}; quote a text that begins with *`,
      place: placeAt(offsetOf(alias)),
    })),
  );
}

function placesOf(text: string, file: string, lineCounter: LineCounter): (offset: number) => Place {
  return (offset) => {
    const { line, col } = lineCounter.linePos(Math.min(offset, text.length));
    const start = lineCounter.lineStarts[Math.max(line, 1) - 1] ?? 0;
    const end = text.indexOf('\n', start);
    const whole = text.slice(start, end === -1 ? text.length : end).replace(/\r$/, '');
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), text: whole };
  };
}

/** The deepest node on the path that exists, through aliases. */
function nodeAt(yaml: Document, path: readonly PropertyKey[]): Node | null {
  let node: Node | null = yaml.contents;
  for (const step of path) {
    const container: unknown = isAlias(node) ? node.resolve(yaml) : node;
    const next: unknown = isMap(container)
      ? container.items.find((item) => keyText(item.key) === String(step))?.value
      : isSeq(container)
        ? container.items[Number(step)]
        : null;
    if (!isNode(next)) return node;
    node = next;
  }
  return node;
}

function offsetOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}
