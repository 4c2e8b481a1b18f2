/** One column of an answer's manifest. */
export interface ResultColumn {
  name: string;
  type_name: string;
}

const NUMBERS: ReadonlySet<string> = new Set(['BYTE', 'SHORT', 'INT', 'FLOAT', 'DOUBLE']);

/**
 * Rows by name of column, in the forms that other engines give. JSON_ARRAY has every value as a text: 64-bit integers,
 * decimals and times stay texts, smaller integers and floats become numbers (Statement Execution API 2.0, format).
 */
export function rowsOf(columns: readonly ResultColumn[], data: readonly (readonly (string | null)[])[]): Record<string, unknown>[] {
  return data.map((row) => Object.fromEntries(columns.map(({ name, type_name }, at) => [name, valueOf(type_name, row[at] ?? null)])));
}

function valueOf(type: string, value: string | null): unknown {
  if (value === null) return null;
  if (type === 'BOOLEAN') return value === 'true';
  return NUMBERS.has(type) ? Number(value) : value;
}
