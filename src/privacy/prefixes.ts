/** Letter codes of Brazilian names; so many different ones make a habit of them. */
const LETTER_CODES = new Set(['no', 'nm', 'nr', 'nu', 'cd', 'co', 'ds', 'dt', 'st', 'tp', 'qt', 'vl', 'sg', 'in', 'fl']);
const LETTER_CODES_MIN = 4;

/** Whether columns begin with a letter code for what they hold, as in `no_cidadao`, `nu_cpf`, `ds_email`. */
export function isLettered(columns: readonly string[]): boolean {
  const firsts = new Set(columns.map((column) => column.slice(0, 3).toLowerCase()).filter((first) => first.endsWith('_') && LETTER_CODES.has(first.slice(0, 2))));
  return firsts.size >= LETTER_CODES_MIN;
}

const GLUED_PREFIX_LENGTHS = [3, 2];
const GLUED_COLUMNS_MIN = 5;
const GLUED_SHARE = 0.6;

/** What most names of a table begin with where nothing stands between, upper case; such names are short. Empty where there is none. */
export function gluedPrefix(columns: readonly string[]): string {
  if (columns.length < GLUED_COLUMNS_MIN) return '';
  for (const length of GLUED_PREFIX_LENGTHS) {
    const firsts = columns.map((column) => column.slice(0, length).toUpperCase());
    const prefix = firsts.find((first) => firsts.filter((other) => other === first).length > columns.length * GLUED_SHARE) ?? '';
    const isGlued = (column: string): boolean => column.length > length + 1 && column.length <= 14 && /^[A-Z0-9]+$/i.test(column) && column.toUpperCase().startsWith(prefix);
    if (/^[A-Z]+$/.test(prefix) && prefix.length === length && columns.filter(isGlued).length > columns.length * GLUED_SHARE) return prefix;
  }
  return '';
}
