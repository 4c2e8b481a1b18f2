/** NAMEDATALEN - 1 (src/include/pg_config_manual.h, 18). */
const NAME_BYTES_MAX = 63;

/**
 * The name that the server makes of others, `table_column_label`, with a number where it is taken: `makeObjectName` and
 * `ChooseRelationName` of src/backend/commands/indexcmds.c, 18. The longer part is cut first where all is too long.
 */
export function objectName(first: string, second: string | null, label: string, isTaken: (name: string) => boolean): string {
  for (let pass = 0; ; pass++) {
    const name = joined(first, second, pass === 0 ? label : `${label}${pass}`);
    if (!isTaken(name)) return name;
  }
}

function joined(first: string, second: string | null, label: string): string {
  const room = NAME_BYTES_MAX - label.length - 1 - (second === null ? 0 : 1);
  let firstBytes = Buffer.byteLength(first);
  let secondBytes = second === null ? 0 : Buffer.byteLength(second);
  while (firstBytes + secondBytes > room) {
    if (firstBytes > secondBytes) firstBytes--;
    else secondBytes--;
  }
  return [cut(first, firstBytes), ...(second === null ? [] : [cut(second, secondBytes)]), label].join('_');
}

/** So many bytes of a text, without half a character. */
function cut(text: string, bytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes)).replace(/\ufffd+$/, '');
}
