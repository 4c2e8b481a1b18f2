import type { z } from 'zod';
import type { ConfigurationDocument } from './document.js';
import { nearestName, suggestion } from '../text/nearest-name.js';
import type { Problem } from './problem.js';

type Issue = z.core.$ZodIssue;
type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What a checker of the configuration found, in words, each with its place. `value` is what was checked. */
export function problemsOf(
  issues: readonly Issue[],
  value: unknown,
  schema: JsonSchema,
  document: ConfigurationDocument,
): Problem[] {
  const misspelt = new Set<string>();
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    for (const key of issue.keys) misspelt.add(pathText([...issue.path, nearestName(key, keysAt(schema, issue.path)) ?? '']));
  }
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue, schema, document);
    const given = valueAt(value, issue.path);
    // A key that is there under a misspelt name is not missing as well.
    if (given === undefined && misspelt.has(pathText(issue.path))) return [];
    return [{ message: `${pathText(issue.path)} ${describe(issue, given)}`, place: document.placeOf(issue.path) }];
  });
}

function unknownKeys(
  issue: z.core.$ZodIssueUnrecognizedKeys,
  schema: JsonSchema,
  document: ConfigurationDocument,
): Problem[] {
  const known = keysAt(schema, issue.path);
  return issue.keys.map((key) => {
    const suggested = suggestion(key, known);
    const where = issue.path.length === 0 ? '' : ` in ${pathText(issue.path)}`;
    const allowed = suggested === '' && known.length > 0 ? `; it may hold ${known.join(', ')}` : suggested;
    return { message: `unknown key '${key}'${where}${allowed}`, place: document.placeOfKey(issue.path, key) };
  });
}

function describe(issue: Issue, given: unknown): string {
  if (given === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value')) {
    return `is missing${issue.code === 'invalid_value' ? `: one of ${issue.values.map(String).join(', ')}` : ''}`;
  }
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}, not ${typeText(given)}`;
    case 'invalid_value': {
      const values = issue.values.map(String);
      const named = typeof given === 'string' ? `'${given}'` : typeText(given);
      return `must be one of ${values.join(', ')}, not ${named}${typeof given === 'string' ? suggestion(given, values) : ''}`;
    }
    case 'too_small':
      return issue.origin === 'string' || (issue.origin === 'array' && issue.minimum === 1) ? 'must not be empty' : `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const TYPES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  array: 'a list',
  object: 'a map of keys to values',
  record: 'a map of keys to values',
};

function typeText(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return `${value}`;
  return typeof value === 'number' ? 'a number' : 'a map';
}

/** `stores[0].role`; the whole file for an empty path. */
export function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined),
    value,
  );
}

/** The keys that may stand at a path, from the published schema. */
function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  let inner: JsonSchema | undefined = schema;
  for (const step of path) {
    const next: unknown = typeof step === 'number' ? inner?.items : (inner?.properties?.[String(step)] ?? inner?.additionalProperties);
    inner = isSchema(next) ? next : undefined;
  }
  const named = inner?.propertyNames;
  if (isSchema(named) && named.enum !== undefined) return named.enum.map(String);
  return Object.keys(inner?.properties ?? {});
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
