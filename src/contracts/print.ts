import { loadModule, parseSync } from 'libpg-query';
import { deparseSync } from 'pgsql-deparser';

/** Loads the grammar. Then gives a function that prints one statement of PostgreSQL as people read it, without a semicolon. */
export async function printer(): Promise<(sql: string) => string> {
  await loadModule();
  return printed;
}

/** As it was given where the printer would change what it says. */
function printed(sql: string): string {
  const tree = parseSync(sql);
  const text = deparseSync(tree, { pretty: true }).replace(/;\s*$/, '');
  return meaning(parseSync(text)) === meaning(tree) ? text : sql;
}

/** The tree without the places where it stands. */
function meaning(tree: object): string {
  return JSON.stringify(tree, (name, value: unknown) => (name === 'stmt_len' || name.endsWith('location') ? undefined : value));
}
