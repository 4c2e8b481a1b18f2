import { homedir } from 'node:os';

/** What the command line takes from the process that runs it. Nothing else reads `process`. */
export interface Host {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  environment: Readonly<Record<string, string | undefined>>;
  /** The working folder. */
  directory: string;
  homeDirectory: string;
}

export function processHost(): Host {
  return {
    // Asking for it opens it, which a run without a screen has no use for.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    directory: process.cwd(),
    homeDirectory: homedir(),
  };
}
