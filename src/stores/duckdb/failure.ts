import { ConnectError, type ConnectReason } from '../store.js';

/** True where another process has the file open for writing. */
export function isLocked(error: unknown): boolean {
  return /could not set lock|conflicting lock|used by another process/i.test(textOf(error));
}

/** Turns whatever an opening ended with into the one error that callers know. Messages: DuckDB 1.5. */
export function connectError(store: string, path: string, error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  return new ConnectError({ store, place: path, ...diagnose(textOf(error)) }, { cause: error });
}

function diagnose(said: string): { reason: ConnectReason; detail: string; nextStep: string } {
  // The first line; later ones are advice for users of DuckDB's own shell.
  const detail = said.split('\n')[0] ?? said;
  const known: [RegExp, ConnectReason, string, string][] = [
    [/Cannot find (module|package)/, 'unsupported', 'the DuckDB driver is not installed', 'Run npm install @duckdb/node-api.'],
    [/does not exist|no such file/i, 'not-found', 'there is no such file', 'Correct the path; it counts from the working folder.'],
    [/permission denied/i, 'permission', 'the file may not be read', 'Let this user read the file and its .wal.'],
    [/is a directory|on a directory/i, 'not-found', 'it is a folder', 'Name the database file in it.'],
    [/older version/i, 'unsupported', detail, 'The file was written by an older DuckDB; export it with that version and import it with a newer one.'],
    [/newer version|version number|storage version/i, 'unsupported', detail, 'The file was written by a newer DuckDB; update tidemark.'],
    [/reserved name|database with name .* already exists/i, 'configuration', detail, 'Attach it by another name in tidemark.yaml.'],
    [/encrypt/i, 'unsupported', 'the file is encrypted', 'tidemark cannot read encrypted DuckDB files; export a copy without encryption.'],
    [/corrupt|checksum|deserializ/i, 'unsupported', 'the file is damaged', 'Open it with the duckdb shell, or restore it.'],
  ];
  const match = known.find(([pattern]) => pattern.test(said));
  if (match) return { reason: match[1], detail: match[2], nextStep: match[3] };
  return { reason: 'unavailable', detail, nextStep: 'Try to open it with the duckdb shell.' };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
