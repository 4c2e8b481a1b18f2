/** By the locale, as POSIX ranks its variables; without any, terminals of today know UTF-8. */
export function knowsUtf8(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [environment['LC_ALL'], environment['LC_CTYPE'], environment['LANG']].find((value) => value !== undefined && value !== '');
  return locale === undefined || !/^(C|POSIX)$/.test(locale);
}
