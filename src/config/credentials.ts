import type { StoreCredentials } from '../model/configuration.js';

const HIDDEN = '***';

/** What of a store's credentials must not stand in the configuration file itself. */
export const SECRET_CREDENTIALS = ['password', 'token', 'private_key_passphrase', 'client_secret'] as const satisfies readonly (keyof StoreCredentials)[];
/** Parameters of a URL that are secrets, of whichever engine. */
const SECRET_PARAMETERS = ['password', 'sslpassword', 'token', 'access_token', 'client_secret', 'private_key_passphrase'];

/**
 * Hides the passwords in URLs and connection strings that stand in a text; it rather hides too much than too little. Its work grows
 * with the length of the text only.
 */
export function withoutPasswords(text: string): string {
  return text
    .replace(/(:\/\/[^\s:/@]{0,256}:)(?!\*{3,}@)\S{1,1024}@/g, `$1${HIDDEN}@`)
    // What is hidden already stays as long as it is, and what follows stays too.
    .replace(/([?&](?:access_token|client_secret|private_key_passphrase|token)=)(?!\*{3,}(?:[\s&'"$;]|$))[^\s&'"]{1,8192}/gi, `$1${HIDDEN}`)
    .replace(/\b((?:ssl)?password\s*=\s*)(?!\*{3,}(?:[\s&'"$;]|$))(?:'[^']*'|[^\s&'"]+)/gi, `$1${HIDDEN}`);
}

/** True where a connection URL or connection string carries a password; references to the environment are none. */
export function carriesPassword(connection: string): boolean {
  const written = connection.replace(/\$\{env:[^}]*\}/g, '');
  if (!URL.canParse(written)) return withoutPasswords(written) !== written;
  const url = new URL(written);
  return url.password !== '' || SECRET_PARAMETERS.some((name) => (url.searchParams.get(name) ?? '') !== '');
}

/** The text without its percent-encoding, or as it is where a stray % shows that it was never encoded. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
