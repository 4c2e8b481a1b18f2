/**
 * The fields of a struct type as the engines write it: `STRUCT(a INTEGER, b VARCHAR)` (DuckDB), `STRUCT<a INT64, b STRING>` (BigQuery,
 * Databricks), `ROW(a bigint)` (Trino), `Tuple(a UInt8)` (ClickHouse). Null for other types.
 */
export function structFields(type: string): string[] | null {
  const inner = /^(?:struct|row|tuple)\s*[<(](.*)[>)]$/is.exec(type.trim())?.[1];
  if (inner === undefined) return null;
  const names = topLevel(inner).map((field) => /^\s*(?:"([^"]+)"|`([^`]+)`|([\p{L}_][\p{L}\p{N}_$]*))[\s:]/u.exec(field));
  return names.every((name) => name !== null) ? names.map((name) => name?.[1] ?? name?.[2] ?? name?.[3] ?? '') : null;
}

/** The parts between commas that stand in no brackets. */
function topLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if ('(<['.includes(character)) depth++;
    else if (')>]'.includes(character)) depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
