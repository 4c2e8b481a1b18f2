import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RemoteSource, SourceConfiguration } from '../../model/configuration.js';
import type { Gap } from '../../model/snapshot.js';
import { ApiClient, ApiRefused, type ApiAnswer } from '../api/client.js';
import { withoutSecrets } from '../api/secrets.js';
import type { Source } from '../source.js';
import { errorCode } from './walk.js';

/** A connection to the database of a tool: one read-only session. */
export interface ApplicationSession {
  /** @throws Error with a message without secrets, for a statement that the server refuses. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface RemoteOptions {
  signal?: AbortSignal | undefined;
  /** Where every answer is kept, secrets replaced; a folder that is made. */
  dumpDirectory?: string | undefined;
  fetch?: typeof fetch | undefined;
  /** Opens the database of a tool. @throws Error with a message without secrets. */
  openDatabase?: ((url: string) => Promise<ApplicationSession>) | undefined;
}

/** The answers of a tool cannot be written where they should be kept. */
export class DumpError extends Error {
  override readonly name = 'DumpError';
}

/**
 * Asks a tool itself, and gives its answers as they come.
 *
 * @throws ApiRefused when nothing can be read; the signal's reason; DumpError.
 */
export async function* askTool(configuration: SourceConfiguration, remote: RemoteSource, source: Source, options: RemoteOptions, report: (gap: Gap) => void): AsyncIterable<ApiAnswer> {
  const answers = remote.kind === 'api' ? overHttp(remote, source, options, report) : overDatabase(configuration, remote, source, options, report);
  for await (const answer of answers) {
    options.signal?.throwIfAborted();
    const clean = withoutSecrets(answer);
    if (options.dumpDirectory !== undefined) await dump(options.dumpDirectory, clean);
    yield clean;
  }
}

async function* overHttp({ url, token, username, password }: RemoteSource, source: Source, options: RemoteOptions, report: (gap: Gap) => void): AsyncIterable<ApiAnswer> {
  if (source.api === undefined) throw new ApiRefused(`tidemark reads ${source.id} from files only`, 'give the path of its files');
  const client = new ApiClient({ base: new URL(url), report, signal: options.signal, fetch: options.fetch });
  yield* source.api.fetch(client, { token, username, password });
}

async function* overDatabase(
  configuration: SourceConfiguration,
  { url }: RemoteSource,
  source: Source,
  { openDatabase, signal }: RemoteOptions,
  report: (gap: Gap) => void,
): AsyncIterable<ApiAnswer> {
  if (source.applicationDatabase === undefined) throw new ApiRefused(`tidemark does not read the database of ${source.id}`, 'give the address of its interface, or the path of its files');
  if (openDatabase === undefined) throw new ApiRefused('no database can be opened here', 'run it from the command line');
  let session: ApplicationSession;
  try {
    session = await openDatabase(url);
  } catch (error) {
    signal?.throwIfAborted();
    throw new ApiRefused(error instanceof Error ? error.message : 'the database cannot be opened', 'check the connection', { cause: error });
  }
  const query = async (sql: string): Promise<Record<string, unknown>[] | null> => {
    try {
      return await session.query(sql);
    } catch (error) {
      signal?.throwIfAborted();
      const cause = error instanceof Error ? error.message : 'the statement failed';
      report({ subject: configuration.path, missing: 'a part of the tool\'s own tables', cause, remedy: 'grant SELECT on them', severity: 'partial' });
      return null;
    }
  };
  try {
    yield* source.applicationDatabase.fetch(query);
  } finally {
    await session.close();
  }
}

async function dump(directory: string, { path, text }: ApiAnswer): Promise<void> {
  const file = join(directory, path);
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, text, { mode: 0o600 });
  } catch (error) {
    throw new DumpError(`the answers cannot be kept in ${directory} (${errorCode(error)})`, { cause: error });
  }
}
