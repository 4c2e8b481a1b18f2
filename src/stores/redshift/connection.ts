import { connectError as postgresError } from '../postgres/failure.js';
import { resolveConnection, type Connection } from '../postgres/connection.js';
import { refuseCredentials } from '../shared/credentials.js';
import { ConnectError, type OpenContext, type StoreTarget } from '../store.js';

const DEFAULT_PORT = '5439';
/** Of libpq's environment what belongs to a person, not to one server: PGHOST and its kind lead to PostgreSQL. */
const ENVIRONMENT = ['PGUSER', 'PGPASSWORD', 'PGPASSFILE', 'PGSSLROOTCERT'];

/**
 * `redshift://USER@HOST:5439/DATABASE?sslmode=verify-full`, with TLS where nothing else is said: a cluster's address is
 * public more often than not. User and password come from `credentials`, the URL, PGUSER, PGPASSWORD or ~/.pgpass; temporary
 * ones of IAM (`aws redshift get-cluster-credentials`, `aws redshift-serverless get-credentials`) are passwords too.
 * @throws ConnectError with reason `configuration`; never with the text itself, which may hold a password.
 */
export function resolveRedshift(target: StoreTarget, context: OpenContext): Connection {
  const place = 'the Redshift connection';
  const fail = (detail: string, nextStep: string): never => {
    throw new ConnectError({ reason: 'configuration', store: target.name, place, detail, nextStep });
  };
  refuseCredentials(target, place, ['user', 'password']);
  const address = 'Write redshift://USER@HOST:5439/DATABASE.';
  if (!/^(?:redshift|postgres(?:ql)?):\/\//i.test(target.url.trim())) fail('it is no redshift:// URL', address);
  let url: URL;
  try {
    url = new URL(target.url.trim());
  } catch {
    return fail('the URL cannot be read', 'Write special characters of user and password as %XX, e.g. @ as %40 and # as %23.');
  }
  if (url.hostname === '' || url.pathname.length < 2) fail('the URL lacks host or database', address);
  if (url.port === '') url.port = DEFAULT_PORT;
  if (!url.searchParams.has('sslmode') && !url.searchParams.has('ssl')) url.searchParams.set('sslmode', 'require');
  // Settings in the connection request would stay for the session; ours come with each statement.
  if (url.searchParams.has('options')) fail('the URL brings options along', 'Remove options from the URL.');
  const { user, password } = target.credentials ?? {};
  if (user !== undefined) url.username = encodeURIComponent(user);
  if (password !== undefined) url.password = encodeURIComponent(password);
  const environment = Object.fromEntries(ENVIRONMENT.map((name) => [name, context.environment[name]]));
  if (url.username === '' && (environment['PGUSER'] ?? '') === '') fail('no user is given', 'Name it in the URL or as credentials.user.');
  const text = url.href.replace(/^[a-z]+:/i, 'postgres:');
  return resolveConnection({ name: target.name, url: text }, { ...context, environment });
}

/** A failed opening in the words of Redshift, which has no pg_hba.conf. */
export function redshiftError(store: string, connection: Connection, error: unknown): ConnectError {
  const found = postgresError(store, connection, error);
  const nextSteps: Partial<Record<ConnectError['reason'], string>> = {
    authentication: 'Correct credentials.user and credentials.password of the store. A temporary password of IAM lives for 15 to 60 minutes: get a new one.',
    timeout: 'Look at the security group, public accessibility and VPN; a paused cluster must be resumed first.',
    permission: `GRANT USAGE ON DATABASE ${connection.database} TO its user, or correct the database.`,
    tls: /does not support/.test(found.detail) ? 'Redshift does: correct host and port. With sslmode=disable in the URL the password would go without TLS.' : 'Name the certificates of Amazon Redshift with sslrootcert=FILE in the URL.',
    lost: 'Is it a Redshift cluster or workgroup, and is it running?',
    unavailable: 'Is it a Redshift cluster or workgroup, and is it running?',
  };
  const nextStep = nextSteps[found.reason];
  if (nextStep === undefined) return found;
  const { reason, place, detail } = found;
  return new ConnectError({ reason, store, place, detail, nextStep }, { cause: error });
}
