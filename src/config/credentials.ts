const HIDDEN = '***';

/**
 * Hides the passwords in URLs and connection strings that stand in a text; it rather hides too much than too little. Its work grows
 * with the length of the text only.
 */
export function withoutPasswords(text: string): string {
  return text
    .replace(/(:\/\/[^\s:/@]{0,256}:)(?!\*{3,}@)\S{1,1024}@/g, `$1${HIDDEN}@`)
    // What is hidden already stays as long as it is, and what follows stays too.
    .replace(/\b((?:ssl)?password\s*=\s*)(?!\*{3,}(?:[\s&'"$;]|$))(?:'[^']*'|[^\s&'"]+)/gi, `$1${HIDDEN}`);
}

/** True where a connection URL or connection string carries a password; references to the environment are none. */
export function carriesPassword(connection: string): boolean {
  const written = connection.replace(/\$\{env:[^}]*\}/g, '');
  if (!URL.canParse(written)) return withoutPasswords(written) !== written;
  const url = new URL(written);
  return url.password !== '' || ['password', 'sslpassword'].some((name) => (url.searchParams.get(name) ?? '') !== '');
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
