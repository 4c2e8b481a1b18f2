import type { Finding } from '../../../model/finding.js';
import type { Role } from '../../../model/catalog.js';
import { sqlIdentifier, sqlRelation } from '../../../text/sql-name.js';

/** One statement for a person to run, with its way back. */
export interface Remedy {
  sql: string;
  /** What takes it back; null where nothing does. */
  undo: string | null;
  /**
   * `limit`: it bounds what a session may take. `right`: it takes a right away, which may be in use. `object`: it makes something that
   * nothing depends on yet.
   */
  kind: 'limit' | 'right' | 'object';
  /** Rules whose findings it ends. */
  rules: string[];
}

/** From a verb that changes something to its semicolon; strings and quoted names are whole. */
const STATEMENT = /\b(?:ALTER|CREATE|GRANT|REVOKE)\b(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|[^;'"])*;/g;

/** The statements that the fix of a finding holds. What a list was cut in is no statement that could be run. */
export function statementsOf({ fix }: Pick<Finding, 'fix'>): string[] {
  return (fix.match(STATEMENT) ?? []).map((sql) => sql.replace(/\s+/g, ' ')).filter((sql) => !sql.includes('/* and '));
}

/** A statement with its kind and its way back, by the settings that roles have now. */
export function remedyOf(sql: string, rules: string[], roles: readonly Role[]): Remedy {
  const setting = /^ALTER ROLE (.+?)( IN DATABASE .+?)? SET (\w+) = /.exec(sql);
  if (setting) return { sql, undo: backTo(setting, roles), kind: 'limit', rules };
  const limit = /^ALTER ROLE (.+?) CONNECTION LIMIT \d+;$/.exec(sql);
  if (limit) {
    const known = roles.find(({ name }) => sqlIdentifier(name) === limit[1]);
    return { sql, undo: `ALTER ROLE ${limit[1] ?? ''} CONNECTION LIMIT ${known?.connectionLimit ?? -1};`, kind: 'limit', rules };
  }
  const attribute = /^ALTER ROLE (.+?) NO(SUPERUSER|BYPASSRLS|CREATEROLE|CREATEDB|REPLICATION);$/.exec(sql);
  if (attribute) return { sql, undo: `ALTER ROLE ${attribute[1] ?? ''} ${attribute[2] ?? ''};`, kind: 'right', rules };
  const revoked = /^REVOKE (.+?) ON (.+) FROM (.+);$/.exec(sql);
  if (revoked) return { sql, undo: `GRANT ${revoked[1] ?? ''} ON ${revoked[2] ?? ''} TO ${revoked[3] ?? ''};`, kind: 'right', rules };
  const granted = /^GRANT SELECT ON (\S+) TO (.+);$/.exec(sql);
  if (granted) return { sql, undo: `REVOKE SELECT ON ${granted[1] ?? ''} FROM ${granted[2] ?? ''};`, kind: 'object', rules };
  const member = /^GRANT (\S+) TO ([^;]+);$/.exec(sql);
  if (member) return { sql, undo: `REVOKE ${member[1] ?? ''} FROM ${member[2] ?? ''};`, kind: 'object', rules };
  const made = /^CREATE (ROLE|VIEW) (\S+)/.exec(sql);
  if (made) return { sql, undo: `DROP ${made[1] ?? ''} ${made[2] ?? ''};`, kind: 'object', rules };
  return { sql, undo: null, kind: 'right', rules };
}

function backTo([, role = '', database = '', name = '']: RegExpExecArray, roles: readonly Role[]): string {
  const before = roles.find((known) => sqlIdentifier(known.name) === role)?.settings[name];
  const change = before === undefined ? `RESET ${name}` : `SET ${name} = '${before.replaceAll("'", "''")}'`;
  return `ALTER ROLE ${role}${database} ${change};`;
}

/** The view of a relation without what is personal in it, and the way back. */
export function viewWithout(relation: string, columns: readonly string[], name: string): Remedy {
  const sql = `CREATE VIEW ${sqlRelation(name)} AS SELECT ${columns.map(sqlIdentifier).join(', ')} FROM ${sqlRelation(relation)};`;
  return { sql, undo: `DROP VIEW ${sqlRelation(name)};`, kind: 'object', rules: [] };
}
