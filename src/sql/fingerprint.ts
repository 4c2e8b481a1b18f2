import { createHash } from 'node:crypto';
import type { SqlStatement } from '../model/syntax-tree.js';
import { type Dialect, POSTGRES } from './dialect.js';
import type { KnownRelation } from './fingerprint/scope.js';
import { StatementText } from './fingerprint/statement.js';
import { unwrap } from './unwrap.js';

export type { KnownRelation } from './fingerprint/scope.js';

/** What sharpens a fingerprint. Fingerprints are comparable when they were made with the same. */
export interface FingerprintContext {
  /** What a relation's name means where it is looked up; null for one that the catalogue does not know. */
  relationOf?: (schema: string | null, name: string) => KnownRelation | null;
  /** Whose rules for names hold; without it those of PostgreSQL. */
  dialect?: Dialect;
}

/**
 * A fingerprint that a card's SQL and its row in pg_stat_statements share, for every dialect. It ignores literals, parameters,
 * casts of them and the lengths of lists of them; every name that the statement itself gives (to outputs, relations, common
 * tables, windows, parameters of lambdas); formatting, comments and the case of unquoted names; and the wrappers of dashboards,
 * their row limit included (see `unwrap`), and the cursor through which drivers fetch the rows. It keeps relations with their schemas as written, unlike the fingerprint of libpg_query; with a
 * catalogue, by what the name means. 16 hexadecimal digits.
 */
export function fingerprint(statement: SqlStatement, context: FingerprintContext = {}): string {
  return createHash('sha256').update(canonicalText(statement, context)).digest('hex').slice(0, 16);
}

/** What is hashed: close to SQL, with `?` for values and numbers for given names. For tests and for people who ask why. */
export function canonicalText(statement: SqlStatement, { relationOf = () => null, dialect = POSTGRES }: FingerprintContext = {}): string {
  const body = statement.type === 'query_statement' ? { ...statement, form: 'select' as const, query: unwrap(statement.query).query } : statement;
  return new StatementText(dialect, relationOf).statement(body).text;
}
