/** SQL that stands for what a tool's own language says. */

/** `app.case_file` and `case_file` as names of SQL, each part quoted: the tools quote them too, so that capitals stay. */
export function quoted(name: string): string {
  return name.split('.').map(quotedPart).join('.');
}

/** One name, points and all. */
export function quotedPart(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** Names in parentheses. */
export function list(names: readonly string[]): string {
  return `(${names.map(quotedPart).join(', ')})`;
}
