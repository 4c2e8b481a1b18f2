import { homedir } from 'node:os';

/** What the command line takes from the process that runs it. Nothing else reads `process`. */
export interface Host {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  environment: Readonly<Record<string, string | undefined>>;
  /** The working folder. */
  directory: string;
  homeDirectory: string;
}

export function processHost(): Host {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    directory: process.cwd(),
    homeDirectory: homedir(),
  };
}
