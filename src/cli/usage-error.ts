/** The command line asks for something that cannot be done. `hint` is the next step, on lines of its own. */
export class UsageError extends Error {
  override name = 'UsageError';

  constructor(
    message: string,
    readonly hint: string | null = null,
  ) {
    super(message);
  }
}
