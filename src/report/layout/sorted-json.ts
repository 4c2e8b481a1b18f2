/**
 * JSON with the keys of every object in the order of their code units, so that two outputs can be compared line by
 * line, and without any character that a terminal would act on. Lists keep their order, and so do the entries of a Map.
 */
export function sortedJson(value: unknown, indent_columns = 0): string {
  return escapeUnseen(JSON.stringify(value, sortKeys, indent_columns));
}

function sortKeys(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** What JSON does not escape by itself although it is not seen: DEL and C1, text direction, joiners, tags, line separators. */
const UNSEEN = /[\u007F-\u009F\u2028\u2029\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Such characters can only stand inside strings, where `\uXXXX` means the same: the text parses to the same value. */
function escapeUnseen(json: string): string {
  return json.replace(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, unit) =>
      `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
