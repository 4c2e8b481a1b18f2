/** A baseline or a list of waivers that cannot be used at all. The message names the file, what is wrong, and below it what to do. */
export class SuppressionFileError extends Error {
  override readonly name = 'SuppressionFileError';

  constructor(
    readonly file: string,
    /** From 1 on; null where the file as a whole is meant. */
    readonly line: number | null,
    what: string,
    next: string,
    options?: ErrorOptions,
  ) {
    super(`${file}${line === null ? '' : `:${line}`} ${what}\n  ${next}`, options);
  }
}
