import path from 'node:path';
import { z } from 'zod';
import type { StoreConfiguration, StoreCredentials } from '../model/configuration.js';
import { ENGINES, type StoreRole } from '../model/store.js';
import type { ConfigurationDocument } from './document.js';
import type { Problem } from './problem.js';
import { exampleUrl, urlProblem } from './store-url.js';
import { name, pattern, size } from './values.js';

const STORE_ROLES = ['operational', 'replica', 'projection', 'warehouse'] as const satisfies readonly StoreRole[];
const CREDENTIAL_FILES = ['private_key_file', 'credentials_file'] as const satisfies readonly (keyof StoreCredentials)[];

const connectionPattern = z
  .strictObject({
    tool: name.optional().describe('the dashboard tool, e.g. metabase'),
    id: name.optional().describe('the identifier within the tool'),
    name: pattern.optional(),
    engine: name.optional().describe("the tool's word for the engine"),
    host: pattern.optional(),
    database: pattern.optional(),
  })
  .describe('which connections of dashboard tools lead to the store; all given keys must match');

const credentials = z
  .strictObject({
    user: name.optional(),
    password: name.optional().describe('as ${env:NAME}'),
    token: name.optional().describe('a personal or programmatic access token, or an OAuth access token, as ${env:NAME}'),
    private_key_file: name.optional().describe('PKCS#8 in PEM, as Snowflake takes it; from the folder of this file'),
    private_key_passphrase: name.optional().describe('as ${env:NAME}'),
    client_id: name.optional(),
    client_secret: name.optional().describe('as ${env:NAME}'),
    credentials_file: name.optional().describe('JSON as the vendor gives it, as of a service account of Google; from the folder of this file'),
  })
  .describe('how tidemark proves who it is where the url does not say');

const ATTACHED_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

export const store = z.strictObject({
  name,
  role: z.enum(STORE_ROLES).describe('what the database is for; the operational store is the authority'),
  engine: z.enum(ENGINES),
  url: name
    .optional()
    .describe('a connection URL, a DuckDB file, or Parquet as a file, folder or pattern; secrets as ${env:NAME}, never written out; without it libpq\'s PG* variables name a PostgreSQL server'),
  credentials: credentials.optional(),
  scan_max: size.optional().describe('what the engine expects to read more for than this is not run'),
  attach: z
    .record(name, name)
    .superRefine((attached, context) => {
      for (const written of Object.keys(attached).filter((key) => !ATTACHED_NAME.test(key))) {
        context.addIssue({ code: 'custom', path: [written], message: 'is no name for a file: letters, digits and _, at most 63' });
      }
    })
    .optional()
    .describe('further DuckDB files by the name under which queries see them'),
  match: z.array(connectionPattern).optional(),
});

export type FileStore = z.output<typeof store>;

/** A store of the file; files start from `directory`. */
export function storeOf({ name: called, role, engine, url, credentials: given, scan_max, attach, match }: FileStore, directory: string): StoreConfiguration {
  const resolved = (file: string): string => path.resolve(directory, file);
  return {
    name: called,
    role,
    engine,
    url: url === undefined ? null : engine === 'duckdb' ? fileUrl(url, resolved) : url,
    ...(given === undefined ? {} : { credentials: credentialsOf(given, resolved) }),
    ...(scan_max === undefined ? {} : { scan_bytes_max: scan_max }),
    ...(attach === undefined ? {} : { attached: Object.fromEntries(Object.entries(attach).map(([alias, file]) => [alias, resolved(file)])) }),
    match: match ?? [],
  };
}

/** A folder keeps the stroke at its end, by which it is told from a file. */
function fileUrl(url: string, resolved: (file: string) => string): string {
  return /[\\/]$/.test(url) ? `${resolved(url)}${path.sep}` : resolved(url);
}

function credentialsOf(given: NonNullable<FileStore['credentials']>, resolved: (file: string) => string): StoreCredentials {
  const files = CREDENTIAL_FILES.flatMap((key) => (given[key] === undefined ? [] : [[key, resolved(given[key])]] as const));
  return { ...given, ...Object.fromEntries(files) };
}

/** What the form of one entry does not tell. `connects` as in LoadOptions. */
export function problemsOfStore(given: FileStore, index: number, document: ConfigurationDocument, connects: boolean): Problem[] {
  const { engine, url, attach } = given;
  const problems: Problem[] = [];
  const place = (key: string) => document.placeOf(['stores', index, key]);
  if (connects && url === undefined && engine !== 'postgres') {
    const wanted = engine === 'duckdb' ? 'the DuckDB file' : `as in ${exampleUrl(engine)}`;
    problems.push({ message: `stores[${index}].url is missing: ${wanted}`, place: document.placeOf(['stores', index]) });
  }
  const problem = url === undefined ? null : urlProblem(engine, url);
  if (problem !== null) problems.push({ message: `stores[${index}].url ${problem}`, place: place('url') });
  if (attach !== undefined && engine !== 'duckdb') problems.push({ message: `stores[${index}].attach is of DuckDB: a store of ${engine} attaches no files`, place: place('attach') });
  return problems;
}
