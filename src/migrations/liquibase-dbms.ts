/** Whether what is for these engines only, `postgresql, h2` or `!oracle`, is for PostgreSQL. */
export function runsOnPostgres(dbms: string): boolean {
  const named = dbms.split(',').map((name) => name.trim().toLowerCase());
  const excluded = named.some((name) => name === '!postgresql' || name === '!postgres');
  return !excluded && (named.every((name) => name.startsWith('!')) || named.some((name) => name === 'postgresql' || name === 'postgres' || name === 'all'));
}
