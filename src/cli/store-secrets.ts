import { open } from 'node:fs/promises';
import path from 'node:path';
import { SECRET_CREDENTIALS } from '../config/credentials.js';
import type { StoreConfiguration } from '../model/configuration.js';
import type { Host } from './host.js';
import type { Redactor } from './redact.js';

/** Variables by which stores are opened where the configuration names nothing, of libpq and of the vendors. */
const SECRET_VARIABLES = [
  'PGPASSWORD', 'CLICKHOUSE_PASSWORD', 'SNOWFLAKE_PASSWORD', 'SNOWFLAKE_TOKEN', 'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE', 'DATABRICKS_TOKEN', 'DATABRICKS_CLIENT_SECRET',
  'TRINO_PASSWORD', 'TRINO_TOKEN',
] as const;
const FILE_VARIABLES: Partial<Record<StoreConfiguration['engine'], string>> = { snowflake: 'SNOWFLAKE_PRIVATE_KEY_FILE', bigquery: 'GOOGLE_APPLICATION_CREDENTIALS' };
/** Where `gcloud auth application-default login` writes (Application Default Credentials). */
const GCLOUD_FILE = '.config/gcloud/application_default_credentials.json';

/** Larger ones are no keys. */
const FILE_BYTES_MAX = 65_536;
/** Fields of the files that Google gives (service accounts, application default credentials). */
const SECRET_FIELDS = /"(?:private_key|client_secret|refresh_token|access_token|token)"\s*:\s*"((?:[^"\\]|\\.)+)"/g;
const PEM_LINE = /^[A-Za-z0-9+/=]{16,}$/;

/** From now on nothing that is printed shows a secret of the environment. */
export function hideSecretsOfEnvironment(environment: Host['environment'], redactor: Redactor): void {
  for (const name of SECRET_VARIABLES) redactor.add(environment[name]);
}

/**
 * From now on nothing that is printed shows what opens the store: in its URL, its credentials, and the files that hold its keys.
 * @param host null where the store is not opened, so that its files are none of our business
 */
export async function hideSecretsOf({ url, credentials, engine }: StoreConfiguration, host: Pick<Host, 'environment' | 'homeDirectory'> | null, redactor: Redactor): Promise<void> {
  redactor.addUrl(url);
  if (credentials !== undefined) redactor.addSecrets(SECRET_CREDENTIALS.flatMap((key) => credentials[key] ?? []));
  if (host === null) return;
  const variable = FILE_VARIABLES[engine];
  const files = [
    credentials?.private_key_file,
    credentials?.credentials_file,
    variable === undefined ? undefined : host.environment[variable],
    engine === 'bigquery' ? path.join(host.homeDirectory, GCLOUD_FILE) : undefined,
  ];
  for (const file of files) if (file !== undefined && file !== '') redactor.addSecrets(secretsIn(await textOf(file)));
}

/** Lines of a key in PEM, wherever it stands, and values of the fields of JSON that are secret. */
function secretsIn(text: string): string[] {
  const values = Array.from(text.matchAll(SECRET_FIELDS), ([, value = '']) => value);
  const lines = [text, ...values].flatMap((one) => one.split(/\r?\n|\\n/)).map((line) => line.trim());
  return [...values, ...lines.filter((line) => PEM_LINE.test(line))];
}

/** Empty where it cannot be read: whoever opens the store tells why. */
async function textOf(file: string): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(FILE_BYTES_MAX), 0, FILE_BYTES_MAX, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return '';
  }
}
