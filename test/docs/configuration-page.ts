import { z } from 'zod';
import { defaultThresholds } from '../../src/config/defaults.js';
import { jsonSchema } from '../../src/config/schema.js';

const node = z.object({
  type: z.string().optional(), description: z.string().optional(), default: z.unknown().optional(), enum: z.array(z.unknown()).optional(), const: z.unknown().optional(),
  get properties() { return z.record(z.string(), node).optional(); },
  get items() { return node.optional(); },
  get additionalProperties() { return z.union([z.boolean(), node]).optional(); },
  get anyOf() { return z.array(node).optional(); },
  required: z.array(z.string()).optional(),
});
type Node = z.infer<typeof node>;

/** `docs/configuration.md`, from the schema by which the file is read. */
export function configurationPage(): string {
  const { properties = {} } = node.parse(jsonSchema());
  // A default that a text with a unit may stand for is not in the schema.
  for (const [key, value] of Object.entries(defaultThresholds)) Object.assign(properties['thresholds']?.properties?.[key] ?? {}, { default: value });
  const sections = Object.entries(properties).map(([key, value]) => [`## ${key}`, ...about(value), rowsOf(value)].filter((part) => part !== '').join('\n\n'));
  return `${[
    '# tidemark.yaml',
    'What may stand in the file, made from the schema by which it is read; `tidemark schema` prints that as JSON Schema for editors. The file is looked for upwards from the working folder. Without it everything is guessed, and each guess is printed; `tidemark init` writes one with its guesses marked. A key that does not exist is an error that names the nearest one. Secrets are written as `${env:NAME}` only.',
    table(['key', 'holds'], Object.entries(properties).map(([key, value]) => [`[${key}](#${key})`, cell(value.description ?? kindOf(value))])),
    ...sections,
  ].join('\n\n')}\n`;
}

function about({ description, items }: Node): string[] {
  return [description ?? items?.description ?? ''].filter((text) => text !== '').map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
}

function rowsOf(value: Node): string {
  const rows = keysOf(value, '', 0);
  return rows.length === 0 ? `A ${kindOf(value)}.` : table(['key', 'is', 'default', ''], rows);
}

/** Every key below a node, in the order of the schema; lists are marked by `[]`. */
function keysOf(value: Node, prefix: string, depth: number): string[][] {
  const holder = objectOf(value);
  if (holder?.properties === undefined || depth > 3) return [];
  const mark = value.items === undefined ? prefix : `${prefix}[]`;
  return Object.entries(holder.properties).flatMap(([key, child]) => {
    const name = mark === '' || mark === '[]' ? key : `${mark}.${key}`;
    const own = [`\`${name}\`${holder.required?.includes(key) === true && child.default === undefined ? ', required' : ''}`, cell(kindOf(child)), child.default === undefined ? '' : `\`${JSON.stringify(child.default)}\``, cell(child.description ?? '')];
    return [own, ...keysOf(child, name, depth + 1)];
  });
}

function objectOf(value: Node): Node | undefined {
  if (value.properties !== undefined) return value;
  return value.items === undefined ? value.anyOf?.map(objectOf).find((found) => found !== undefined) : objectOf(value.items);
}

function kindOf(value: Node): string {
  if (value.enum !== undefined) return value.enum.map(String).join(', ');
  if (value.const !== undefined) return String(value.const);
  if (value.anyOf !== undefined) return [...new Set(value.anyOf.map(kindOf))].join(' or ');
  if (value.items !== undefined) return `list of ${plural(kindOf(value.items))}`;
  if (value.type === 'object') return typeof value.additionalProperties === 'object' ? `map to ${kindOf(value.additionalProperties)}` : 'entry';
  return { string: 'text', integer: 'whole number', boolean: 'true or false' }[value.type ?? ''] ?? value.type ?? 'anything';
}

const plural = (kind: string): string => ({ text: 'texts', entry: 'entries' })[kind] ?? kind;
const cell = (text: string): string => text.replace(/([\\|*<>])/g, '\\$1').replaceAll('\n', ' ');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
