/** The bytes of a text in hexadecimal: a literal of these needs no quoting rules, whatever the settings of a session are. */
export function hex(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}
