/** A query that is no selection of rows of one relation. The message says why, in words that complete “it …”. */
export class NotReducible extends Error {
  override name = 'NotReducible';
}
