import type { Remedy } from './check.js';
import type { Hosting } from './hosting.js';

/** A setting and the value that mends something: as self-managed servers take it. */
const SETTING = /ALTER SYSTEM SET ([\w.]+) = ((?:'[^']*'|[^;'])+);(?: (SELECT pg_reload_conf\(\);)|( Restart the server)(?:\.|(, then:)))?/g;
/** A statement in a remedy: from an SQL verb to its semicolon, strings and names in quotes whole; a doubled quote is two of them. */
const STATEMENT = /\b(?:ALTER|CREATE|DROP|GRANT|REVOKE|SELECT|COMMENT)\b(?:'[^']*'|"[^"]*"|[^;'"])*;/g;

/**
 * What mends something, as the place where the server runs allows it: managed services have no ALTER SYSTEM and no superuser.
 * @param text statements and sentences, as a self-managed server takes them.
 */
export function remedyOf(text: string, hosting: Hosting): Remedy {
  const restart = /\bRestart the server\b/.test(text);
  const worded = hosting.setting === null ? text : managedText(text, hosting.setting);
  return { text: worded, sql: worded.match(STATEMENT) ?? [], restart, by: whoMay(text, hosting) };
}

/** A remedy that no SQL is part of. */
export function step(text: string, by: string | null = null): Remedy {
  return { text, sql: [], restart: false, by };
}

/** SET for the whole server, as a self-managed one takes it. */
export function setting(name: string, value: string, when: 'reload' | 'restart'): string {
  return `ALTER SYSTEM SET ${name} = ${value}; ${when === 'restart' ? 'Restart the server.' : 'SELECT pg_reload_conf();'}`;
}

function managedText(text: string, worded: NonNullable<Hosting['setting']>): string {
  return text.replace(SETTING, (_, name: string, value: string, reload: string | undefined, restart: string | undefined, then: string | undefined) => {
    const bare = value.split(', ').map((part) => part.replace(/^'(.*)'$/s, '$1').replaceAll("''", "'")).join(',');
    const said = worded(name, bare, restart !== undefined && reload === undefined);
    return then === undefined ? said : `${said} Then:`;
  });
}

function whoMay(text: string, { administrator }: Hosting): string | null {
  if (/ALTER SYSTEM/.test(text)) return administrator;
  if (/CREATE EXTENSION|CREATE ROLE|NOSUPERUSER|NOREPLICATION|GRANT pg_\w+ TO/.test(text)) return administrator;
  if (/ALTER EXTENSION/.test(text)) return 'the owner of the extension';
  if (/GRANT EXECUTE ON FUNCTION/.test(text)) return 'the owner of the function';
  if (/(GRANT|REVOKE) [^;]* (ON|FROM) /.test(text)) return 'the owner of the relation or schema';
  return /CREATE POLICY/.test(text) ? 'the owner of the table' : null;
}
