/** Where a value of a JSON or YAML file stands. */
export interface ValuePlace {
  /** The first character of a string's content, or of another value. */
  start: number;
  /** The offset in the file of the character at `offset` of the decoded string; the start for other values. */
  offsetOf(offset: number): number;
}
