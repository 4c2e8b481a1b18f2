import type { ScratchError, ScratchSpace } from '../../model/scratch-engine.js';
import { qualified } from './names.js';

/** What scripts use without making it, since their database has it already: by type or function, the extension that it belongs to. */
const EXTENSION_OF: Readonly<Record<string, string>> = {
  citext: 'citext', hstore: 'hstore', ltree: 'ltree', lquery: 'ltree', cube: 'cube', isbn: 'isn', ean13: 'isn',
  uuid_generate_v1: 'uuid-ossp', uuid_generate_v1mc: 'uuid-ossp', uuid_generate_v4: 'uuid-ossp',
  gen_random_bytes: 'pgcrypto', crypt: 'pgcrypto', gen_salt: 'pgcrypto', digest: 'pgcrypto', hmac: 'pgcrypto',
  similarity: 'pg_trgm', unaccent: 'unaccent', levenshtein: 'fuzzystrmatch', soundex: 'fuzzystrmatch',
};

const SCHEMA_OF_POSTGRES = /^schema "(.+)" does not exist$/;
const SCHEMA_OF_DUCKDB = /^Catalog Error: Schema with name "?([^"\s!]+)"? does not exist/;
const UNKNOWN = /^(?:type|function) "?([\w.]+)"?(?:\(.*\))? does not exist$/;

/**
 * The statement that makes what a refused statement lacks: a schema that the script does not create, an extension whose type it
 * uses. Null for everything else.
 */
export function whatIsLacking({ code, message }: ScratchError, kind: ScratchSpace['kind']): string | null {
  const schema = (kind === 'duckdb' ? SCHEMA_OF_DUCKDB : code === '3F000' ? SCHEMA_OF_POSTGRES : null)?.exec(message)?.[1];
  if (schema !== undefined) return `create schema if not exists ${qualified(schema)}`;
  if (code !== '42704' && code !== '42883') return null;
  const [, name = ''] = UNKNOWN.exec(message) ?? [];
  const extension = EXTENSION_OF[name.split('.').at(-1) ?? ''];
  return extension === undefined ? null : `create extension if not exists ${qualified(extension)}`;
}
