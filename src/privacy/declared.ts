import type { Catalog } from '../model/catalog.js';
import type { ColumnDeclaration } from '../model/personal-column.js';
import { privacyOfProse, privacyOfWord, speaksOfPersons, type DeclaredPrivacy } from '../text/declared-privacy.js';
import { locatePersonalData } from './literal.js';

const WORDS_LENGTH_MAX = 120;

/** How declarations are named by who made them, the one that is believed first at the top. */
const AUTHORITIES: readonly RegExp[] = [/^tidemark\.yaml/, /^security label/, /^data contract/, /^dbt /, /^(?:comment|description)/];

/** The place of a declaration in the order of authority: configuration, security label, data contract, dbt, comment; less is more. */
export function authorityOf({ by }: Pick<ColumnDeclaration, 'by'>): number {
  const found = AUTHORITIES.findIndex((pattern) => pattern.test(by));
  return found < 0 ? AUTHORITIES.length : found;
}

/** Those for one store, from all that a snapshot has. */
export function declarationsForStore(declarations: readonly ColumnDeclaration[], store: string): ColumnDeclaration[] {
  return declarations.filter((declared) => declared.store === null || declared.store === store);
}

/** A comment may name whom to ask: an address in it is personal data itself. */
function wordsToShow(text: string): string {
  const words = text.trim().slice(0, WORDS_LENGTH_MAX);
  return locatePersonalData(words).reduceRight((shown, { kind, start, end }) => `${shown.slice(0, start)}(${kind})${shown.slice(end)}`, words);
}

/** A column of a catalogue with what its database says of it. */
export interface CommentedColumn {
  schema: string;
  table: string;
  column: string;
  comment: string | null;
  label: string | null;
}

/** What the database itself says of a column: its security label and its comment. */
export function declarationsInCatalog({ schema, table, column, comment, label }: CommentedColumn): ColumnDeclaration[] {
  const declared = (said: DeclaredPrivacy | null, words: string | null, by: string): ColumnDeclaration[] =>
    said === null ? [] : [{ schema, relation: table, column, ...said, words: wordsToShow(words ?? ''), by, store: null }];
  return [
    ...declared(label === null ? null : privacyOfWord(label), label, 'security label'),
    ...declared(comment === null ? null : privacyOfProse(comment), comment, 'comment'),
  ];
}

/** Finds the declarations of columns by their names; case does not matter, since tools fold names in their own ways. */
export class DeclarationIndex {
  readonly #byRelation = new Map<string, ColumnDeclaration[]>();

  constructor(declarations: readonly ColumnDeclaration[]) {
    for (const declared of declarations) {
      const key = declared.relation.toLowerCase();
      const known = this.#byRelation.get(key);
      if (known) known.push(declared);
      else this.#byRelation.set(key, [declared]);
    }
  }

  /** Of a column, those that name all columns of its relation (`*`) among them. */
  of(schema: string, relation: string, column: string): ColumnDeclaration[] {
    return (this.#byRelation.get(relation.toLowerCase()) ?? []).filter(
      (declared) =>
        (declared.schema === null || declared.schema.toLowerCase() === schema.toLowerCase()) &&
        (declared.column === '*' || declared.column.toLowerCase() === column.toLowerCase()),
    );
  }
}

/** All declarations of each column of a catalogue, by `schema.table.column`, the one with most authority first. */
export function declarationsByColumn({ relations }: Pick<Catalog, 'relations'>, declarations: readonly ColumnDeclaration[]): Map<string, ColumnDeclaration[]> {
  const index = new DeclarationIndex(declarations);
  const found = new Map<string, ColumnDeclaration[]>();
  for (const { schema, name: table, columns } of relations) {
    for (const { name: column, comment, label } of columns) {
      const own = [...declarationsInCatalog({ schema, table, column, comment, label }), ...index.of(schema, table, column)];
      if (own.length > 0) found.set(`${schema}.${table}.${column}`, byAuthority(own));
    }
  }
  return found;
}

/** Of two with the same authority the one that protects comes first. */
export function byAuthority(declarations: readonly ColumnDeclaration[]): ColumnDeclaration[] {
  return declarations.toSorted((one, other) => authorityOf(one) - authorityOf(other) || Number(one.verdict === 'harmless') - Number(other.verdict === 'harmless'));
}

/**
 * Whether a declaration decides by itself. `confidential` from a contract or a tag, and what is said of a table as a whole,
 * do not say that this column holds a person's data; they are evidence for it. A security label protects this column.
 */
export function decides(declared: ColumnDeclaration): boolean {
  if (declared.verdict === 'harmless') return true;
  if (declared.column === '*') return false;
  return declared.kind !== null || authorityOf(declared) <= 1 || speaksOfPersons(declared.words);
}
