import type { ConnectionReference } from '../../model/query.js';

/** Engines whose address names no database behind its last slash but a project or an account. */
const WITHOUT_DATABASE = new Set(['bigquery']);
/** Engines whose address is a path of a file. */
const OF_FILES = new Set(['sqlite', 'duckdb', 'shillelagh', 'gsheets']);
const HOST_NAME = /^(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+)$/;

/**
 * Engine, host and database of a SQLAlchemy address (`dialect+driver://user:password@host:port/database?options`). User,
 * password and options are never kept, and what cannot be told apart from them is left out.
 */
export function connectionOfUri(uri: string): Pick<ConnectionReference, 'engine' | 'host' | 'database'> {
  const split = uri.indexOf('://');
  if (split <= 0 || split > 60) return { engine: null, host: null, database: null };
  const engine = uri.slice(0, split).split('+')[0]?.toLowerCase() ?? '';
  const rest = withoutUser(uri.slice(split + 3));
  if (!/^[\w.-]+$/.test(engine) || rest === null) return { engine: /^[\w.-]+$/.test(engine) ? engine : null, host: null, database: null };
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash + 1);
  if (OF_FILES.has(engine)) return { engine, host: null, database: plain(path) };
  const host = authority.replace(/:[^:\]]*$/, '');
  const database = WITHOUT_DATABASE.has(engine) ? plain(authority) : plain(path.split('/')[0] ?? '');
  return { engine, host: WITHOUT_DATABASE.has(engine) || !HOST_NAME.test(host) ? null : host, database };
}

/** What stands behind the user; null where a password with signs of its own makes that doubtful. */
function withoutUser(rest: string): string | null {
  const options = rest.indexOf('?');
  const head = options < 0 ? rest : rest.slice(0, options);
  const at = head.lastIndexOf('@');
  if (at >= 0) return head.slice(at + 1);
  return options >= 0 && rest.includes('@', options) && head.includes(':') ? null : head;
}

function plain(name: string): string | null {
  const decoded = /%[0-9A-Fa-f]{2}/.test(name) && URL.canParse(`x://x/${name}`) ? safelyDecoded(name) : name;
  return decoded === '' || /[@:?\s{}]/.test(decoded.replace(/^[A-Za-z]:/, '')) ? null : decoded;
}

function safelyDecoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}
