import type { ConnectionReference } from '../../model/query.js';
import type { RedashDataSource } from './shapes.js';

/** A data source of which only the number may be known. */
export function connectionTo({ id, name, type, options }: Pick<RedashDataSource, 'id'> & Partial<RedashDataSource>): ConnectionReference {
  return {
    id: String(id),
    name: name ?? null,
    // `pg` is Redash's word for PostgreSQL; `results` is SQLite over what other queries gave.
    engine: type ?? null,
    host: options?.host ?? hostOf(options?.server),
    database: options?.dbname ?? options?.db ?? options?.database ?? options?.projectId ?? null,
  };
}

/** `server` is a host, or an address that may hold a password. */
function hostOf(server: string | undefined): string | null {
  const authority = (server ?? '').replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').split(/[/?#]/)[0] ?? '';
  return authority.slice(authority.lastIndexOf('@') + 1).replace(/[:,]\d*$/, '') || null;
}
