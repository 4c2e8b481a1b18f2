import type { QueryVariant, Segment } from '../../model/query.js';

/** Queries of JupySQL that a notebook keeps under a name (`--save`), put in front of those that use them as common tables. */
export class Snippets {
  readonly #kept = new Map<string, { sql: string; uses: string[] }>();

  /** `uses` are named by `--with`; without it JupySQL looks for the names among the tables, as is done here. */
  keep(name: string, sql: string, uses: readonly string[]): void {
    this.#kept.set(name, { sql, uses: [...uses] });
  }

  has(name: string): boolean {
    return this.#kept.has(name);
  }

  /** The kept names that a query reads, those that they read themselves first. */
  usedBy(sql: string, uses: readonly string[]): string[] {
    const ordered: string[] = [];
    const visit = (name: string, path: ReadonlySet<string>): void => {
      const kept = this.#kept.get(name);
      if (kept === undefined || ordered.includes(name) || path.has(name) || path.size > 50) return;
      for (const inner of this.#direct(kept.sql, kept.uses)) visit(inner, new Set([...path, name]));
      ordered.push(name);
    };
    for (const name of this.#direct(sql, uses)) visit(name, new Set());
    return ordered;
  }

  #direct(sql: string, uses: readonly string[]): string[] {
    if (uses.length > 0) return uses.filter((name) => this.#kept.has(name));
    const tables = new Set([...sql.matchAll(/\b(?:from|join)\s+(?:\{\{\s*)?"?([A-Za-z_][\w-]{0,100})/gi)].map((match) => match[1] ?? ''));
    return [...this.#kept.keys()].filter((name) => tables.has(name));
  }

  /** The query as JupySQL sends it: `WITH name AS (…) …`. */
  withCommonTables(variant: QueryVariant, uses: readonly string[]): QueryVariant {
    const names = this.usedBy(variant.sql, uses);
    if (names.length === 0) return variant;
    const tables = names.map((name) => `"${name.replaceAll('"', '""')}" AS (\n${(this.#kept.get(name)?.sql ?? '').replace(/;\s*$/, '')}\n)`).join(', ');
    const own = /^\s*with\b(?!\s+recursive\b)\s*/i.exec(variant.sql);
    const before = own === null ? `WITH ${tables}\n` : `WITH ${tables}, `;
    const dropped = own?.[0].length ?? 0;
    const inner: Segment[] = variant.map.length > 0 ? variant.map : [{ out: 0, src: 0, length: variant.sql.length, srcEnd: variant.sql.length, copy: true }];
    const shift = before.length - dropped;
    const kept = inner.filter(({ out, length }) => out + length > dropped).map((segment) => cut(segment, dropped));
    const map = [{ out: 0, src: 0, length: before.length, srcEnd: 0, copy: false }, ...kept.map((segment) => ({ ...segment, out: segment.out + shift }))];
    return { ...variant, sql: before + variant.sql.slice(dropped), map, assumptions: [...variant.assumptions, `JupySQL puts ${names.join(', ')} in front of it`] };
  }
}

/** The part of a segment behind an offset of the text. */
function cut(segment: Segment, from: number): Segment {
  const over = from - segment.out;
  if (over <= 0) return segment;
  return { ...segment, out: from, length: segment.length - over, src: segment.copy ? segment.src + over : segment.src };
}
