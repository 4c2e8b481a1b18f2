import type { CollectedQuery } from '../../model/query.js';
import { Scanner, Token, commentText } from '../../sql/lexer.js';
import { familyOf, toolOfApplication } from './tools.js';

/** What a comment in a statement says of who sends it. */
export interface Signature {
  /** By the name of its source; null for an application. */
  tool: string | null;
  /** What it calls itself, for people: `Metabase`, `the application shop`. */
  sender: string;
  /** What it says of the card, by key: `query_id` → `12`. */
  fields: ReadonlyMap<string, string>;
}

const COMMENTS_MAX = 8;
const COMMENT_LENGTH_MAX = 4096;
const FIELDS_MAX = 64;

/**
 * The signatures in a statement, as tools write them (Metabase, Redash, Looker, dbt, Mode, Hex; sqlcommenter; marginalia of
 * Rails). The statistics keep the comment of the first execution only, and PostgreSQL 18 drops what stands at the beginning.
 */
export function signaturesOf(text: string): Signature[] {
  if (!text.includes('--') && !text.includes('/*')) return [];
  const found: Signature[] = [];
  const scanner = new Scanner(text, { backticks: false });
  let comments = 0;
  for (let kind = scanner.next(); kind !== Token.End && comments < COMMENTS_MAX; kind = scanner.next()) {
    if (kind !== Token.LineComment && kind !== Token.BlockComment) continue;
    comments++;
    const signature = signatureOf(commentText(text, scanner).slice(0, COMMENT_LENGTH_MAX));
    if (signature) found.push(signature);
  }
  return found;
}

function signatureOf(comment: string): Signature | null {
  if (/^Metabase(?:::|\s)/.test(comment)) return { tool: 'metabase', sender: 'Metabase', fields: words(comment.slice('Metabase'.length)) };
  if (/\bquery_id: |\bQuery Hash: /.test(comment)) return { tool: 'redash', sender: 'Redash', fields: words(comment) };
  const json = /^([A-Za-z :]{0,40})'?(\{)/.exec(comment);
  if (json) return fromJson((json[1] ?? '').trim(), comment.slice((json[0] ?? '').length - 1).replace(/'$/, ''));
  return fromPairs(comment);
}

/** `userID: 1 queryType: native queryHash: 5f0c…`, `Username: …, query_id: 12, Queue: queries`. */
function words(comment: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, key = '', value = ''] of comment.matchAll(/([A-Za-z_]\w{0,40}(?: Hash)?): ([^\s,]{1,200})/g)) {
    if (fields.size < FIELDS_MAX) fields.set(key, value);
  }
  return fields;
}

function fromJson(head: string, text: string): Signature | null {
  const fields = new Map<string, string>();
  // Masked comments and cut ones are no JSON any more: the pairs are taken as they stand.
  for (const [, key = '', value, number] of text.matchAll(/"([\w.-]{1,60})"\s*:\s*(?:"((?:[^"\\]|\\.){0,500})"|(\d{1,20}))/g)) {
    if (fields.size < FIELDS_MAX) fields.set(key, value ?? number ?? '');
  }
  if (/^Looker/i.test(head) || fields.has('history_slug')) return { tool: 'looker', sender: 'Looker', fields };
  if (/^Hex/i.test(head)) return { tool: 'hex', sender: 'Hex', fields };
  if (fields.get('app') === 'dbt' || fields.has('node_id')) return { tool: 'dbt', sender: 'dbt', fields };
  if (/\bmode(?:analytics)?\.com\//.test(fields.get('url') ?? '')) return { tool: 'mode', sender: 'Mode', fields };
  const application = fields.get('app') ?? fields.get('application');
  return application === undefined ? null : ofApplication(application, fields);
}

/** Keys that sqlcommenter and marginalia sign with; without one of them a comment is prose. */
const APPLICATION_KEYS = ['application', 'app', 'controller', 'action', 'route', 'file', 'framework', 'db_driver', 'job', 'line', 'source_location', 'dag_id', 'task_id'];

/** `action='index',controller='orders%2Freports'` (sqlcommenter) and `application:Shop,controller:orders,action:index` (marginalia). */
function fromPairs(comment: string): Signature | null {
  const fields = new Map<string, string>();
  for (const part of comment.split(',').slice(0, FIELDS_MAX)) {
    const pair = /^\s*([\w.%-]{1,60})\s*(?:='([^']{0,500})'|:([^\s].{0,300}))\s*$/.exec(part);
    if (!pair) return null;
    fields.set(decoded(pair[1] ?? ''), decoded(pair[2] ?? pair[3] ?? ''));
  }
  if (!APPLICATION_KEYS.some((key) => fields.has(key))) return null;
  return ofApplication(fields.get('application') ?? fields.get('app') ?? '', fields);
}

function ofApplication(application: string, fields: ReadonlyMap<string, string>): Signature {
  if (fields.has('dag_id')) return { tool: 'airflow', sender: 'Airflow', fields };
  const tool = toolOfApplication(application);
  return { tool, sender: application === '' ? 'an application' : `the application ${application}`, fields };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('\\\'', "'"));
  } catch {
    return text;
  }
}

/** The field of each tool's signature that names a card, as it stands among the card's own identifiers. */
const CARD_FIELDS: Record<string, readonly string[]> = {
  metabase: ['queryHash', 'card_id', 'cardID'],
  redash: ['query_id', 'Query Hash'],
  dbt: ['node_id'],
  looker: ['look_id', 'dashboard_element_id'],
};
/** A part of an address that is too short to be an identifier. */
const IDENTIFIER_LENGTH_MIN = 6;

/** Which cards a signature names: keys of `CardIndex`. Empty where it tells the tool only. */
export function keysOf({ tool, fields }: Signature): string[] {
  if (tool === 'mode' || tool === 'hex') {
    const parts = [...fields].filter(([key]) => /url|_id$/.test(key) && key !== 'trace_id').flatMap(([, value]) => value.split(/[^\w-]+/));
    return [...new Set(parts)].filter((part) => part.length >= IDENTIFIER_LENGTH_MIN).map((part) => `${tool}\n${part}`);
  }
  if (tool === 'airflow') return [`airflow\n${fields.get('dag_id') ?? ''}.${fields.get('task_id') ?? ''}`];
  if (tool === null) return codeKeys(fields);
  return (CARD_FIELDS[tool] ?? []).flatMap((field) => {
    const value = fields.get(field);
    return value === undefined || value === '' || value === 'adhoc' ? [] : [`${tool}\n${value}`];
  });
}

/** Application code is named by its file. */
function codeKeys(fields: ReadonlyMap<string, string>): string[] {
  const places = ['file', 'source_location', 'line', 'code.filepath'].flatMap((key) => fields.get(key) ?? []);
  return places.flatMap((place) => {
    const file = /([\w.-]+\.(?:py|rb|js|ts|mjs|cjs|tsx|jsx|go|java|kt|php))\b/.exec(place)?.[1];
    return file === undefined ? [] : [`appcode\n${file}`];
  });
}

/** The identifiers under which signatures may name a card. */
export function identifiersOf(query: Pick<CollectedQuery, 'id' | 'kind' | 'origin' | 'container' | 'title' | 'signatures'>): string[] {
  const tool = familyOf(query.kind);
  if (tool === 'appcode') return [`appcode\n${query.origin.file.split(/[/!]/).at(-1) ?? ''}`];
  const parts = query.id.split(':').slice(1);
  const own = new Set([...(query.signatures ?? []), ...identifying(tool, parts, query)]);
  return [...own].filter((part) => part !== '').map((part) => `${tool}\n${part}`);
}

function identifying(tool: string, parts: readonly string[], query: Pick<CollectedQuery, 'container' | 'title'>): string[] {
  switch (tool) {
    case 'metabase':
    case 'redash': {
      // `redash:query:12`, `metabase:Production:card:118`: the number behind the word, in whatever instance.
      const at = parts.findIndex((part) => part === 'card' || part === 'query');
      return at >= 0 ? parts.slice(at + 1, at + 2) : parts.filter((part) => /^\d+$/.test(part)).slice(0, 1);
    }
    case 'airflow':
      return [`${query.container?.id ?? ''}.${query.title ?? ''}`, `${query.container?.title ?? ''}.${query.title ?? ''}`, parts.slice(0, 2).join('.')];
    case 'mode':
    case 'hex':
      return parts.filter((part) => part.length >= IDENTIFIER_LENGTH_MIN).concat(query.container?.id ?? '');
    default:
      return [...parts];
  }
}
