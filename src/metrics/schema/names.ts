/** Names of one thing, outermost first, as PostgreSQL and DuckDB read them whatever they hold. */
export function qualified(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}
