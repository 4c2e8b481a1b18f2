import type { Command } from 'commander';
import type { ExitCode } from './exit-code.js';
import type { GlobalOptions } from './global-options.js';
import type { Host } from './host.js';
import type { Lifetime } from './lifetime.js';
import type { Output } from './output.js';
import type { Progress } from './progress.js';
import type { Redactor } from './redact.js';

/** What every command works with. */
export interface CommandContext {
  host: Host;
  options: GlobalOptions;
  /** Aborted by the first signal; `onEnd` registers what must be undone. */
  lifetime: Lifetime;
  progress: Progress;
  output: Output;
  redactor: Redactor;
}

/** Turns the work of a command into a commander action. */
export type Act = (work: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

/** What a file of `commands/` exports; its name is the command's. */
export interface CommandModule {
  /** Adds arguments, options, help and the action; name and summary are there already. */
  register(command: Command, act: Act): void;
}
