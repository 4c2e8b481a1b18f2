import { Command, CommanderError } from 'commander';
import { suggestion } from '../text/nearest-name.js';
import type { Act, CommandContext, CommandModule } from './command.js';
import { COMMANDS, EXAMPLES, PURPOSE } from './commands.js';
import { errorMessage } from './error-message.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { addGlobalOptions, globalOptions, type GlobalOptions } from './global-options.js';
import type { Host } from './host.js';
import type { Lifetime } from './lifetime.js';
import type { Progress } from './progress.js';
import type { Redactor } from './redact.js';
import { UsageError } from './usage-error.js';
import { toolVersion } from './version.js';

/**
 * Runs one command line (without node and script) and returns its exit code. Never throws; whatever goes wrong is one
 * message on stderr.
 */
export async function runCommandLine(
  args: readonly string[],
  host: Host,
  lifetime: Lifetime,
  redactor: Redactor,
): Promise<ExitCode> {
  if (args.length === 0) {
    host.stdout.write(overview());
    return EXIT.clean;
  }
  const failures: unknown[] = [];
  const run: { code: ExitCode; progress: Progress | null } = { code: EXIT.clean, progress: null };
  const program = createProgram(host, async (work) => {
    const context = await createContext(globalOptions(program), host, lifetime, redactor);
    run.progress = context.progress;
    run.code = await work(context);
  });
  try {
    await program.parseAsync(knownCommandLine(args), { from: 'user' });
  } catch (error) {
    // What fails because it was stopped is no news, and help that was asked for is no failure.
    const silent = lifetime.signal.aborted || (error instanceof CommanderError && error.exitCode === 0);
    if (!silent) failures.push(error instanceof CommanderError ? usageErrorOf(error, args, program) : error);
  }
  run.progress?.end();
  failures.push(...(await lifetime.end()));
  for (const failure of failures) {
    host.stderr.write(`${redactor.redact(errorMessage(failure, args.includes('--debug')))}\n`);
  }
  return lifetime.signalCode ?? (failures.length > 0 ? EXIT.fault : run.code);
}

/** What `tidemark` alone prints. */
function overview(): string {
  return [PURPOSE, ...EXAMPLES.map((example) => `  ${example}`), 'tidemark --help lists all commands, tidemark COMMAND --help says more.', ...commandLines('', COMMANDS.filter(({ isRare }) => isRare !== true))]
    .map((line) => `${line}\n`)
    .join('');
}

/** Before the flags, which few read to their end. */
function helpHead(): string {
  const examples = EXAMPLES.map((example) => `  ${example}`);
  return [PURPOSE, '', 'Examples:', ...examples, '', 'Commands:', ...commandLines('  ', COMMANDS), ''].join('\n');
}

function commandLines(indent: string, commands: typeof COMMANDS): string[] {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return commands.map(({ name, summary }) => `${indent}${name.padEnd(width)}  ${summary}`);
}

function createProgram(host: Host, act: Act): Command {
  const program = new Command('tidemark');
  program
    .usage('COMMAND [options]')
    .version(toolVersion(), '--version', 'the version')
    .helpOption('-h, --help', 'this help; after a command, its own')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (command) => `${command.name()} ${command.usage().replace('[options]', '').trim()}`.trim(),
      visibleCommands: (command) => (command === program ? [] : [...command.commands]),
    })
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      // Its messages reach the user through errorMessage, as all others.
      writeErr: () => {},
      outputError: () => {},
    })
    .addHelpText('before', helpHead());
  addGlobalOptions(program);
  for (const { name, summary } of COMMANDS) program.command(name).description(summary);
  program.hook('preSubcommand', async (_program, command) => {
    const module: unknown = await import(`./commands/${command.name()}.js`);
    if (!isCommandModule(module)) throw new TypeError(`src/cli/commands/${command.name()} exports no register()`);
    module.register(command, act);
  });
  return program;
}

function isCommandModule(module: unknown): module is CommandModule {
  return typeof module === 'object' && module !== null && 'register' in module && typeof module.register === 'function';
}

/**
 * `help audit` is `audit --help`: commander's own help command would not load the command first. A command that does not
 * exist is refused here, where its help would be the help of tidemark. Throws UsageError.
 */
function knownCommandLine(args: readonly string[]): string[] {
  const line = args[0] === 'help' ? [...args.slice(1), '--help'] : [...args];
  const first = line[0] ?? '';
  const names = COMMANDS.map(({ name }) => name);
  if (first.startsWith('-') || names.includes(first)) return line;
  throw new UsageError(`unknown command '${first}'${suggestion(first, names)}`, 'tidemark --help lists the commands');
}

async function createContext(
  options: GlobalOptions,
  host: Host,
  lifetime: Lifetime,
  redactor: Redactor,
): Promise<CommandContext> {
  // Not needed by the help, which must be quick.
  const [{ Output }, { createProgress, progressForm }] = await Promise.all([import('./output.js'), import('./progress.js')]);
  const progress = createProgress({
    write: (text) => void host.stderr.write(redactor.redact(text)),
    columns: host.stderr.columns ?? 80,
    form: progressForm({
      isTerminal: host.stderr.isTTY,
      progress: options.progress,
      quiet: options.quiet,
      verbose: options.verbose,
      inContinuousIntegration: (host.environment['CI'] ?? '') !== '',
    }),
  });
  return { host, options, lifetime, progress, output: new Output(host, options), redactor };
}

function usageErrorOf(error: CommanderError, args: readonly string[], program: Command): UsageError {
  const named = pathOf(program, args);
  if (error.code === 'commander.help') return new UsageError('a command is missing', `tidemark ${[...named, '--help'].join(' ')} lists the commands`);
  const message = error.message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/, "; did you mean '$1'?");
  return new UsageError(message, named.length === 0 ? 'tidemark --help lists commands and flags' : `tidemark ${named.join(' ')} --help lists its flags`);
}

/** The command that was named, and those within it: `fix`, `contracts`. */
function pathOf(program: Command, args: readonly string[]): string[] {
  const path: string[] = [];
  let current = program;
  for (const arg of args) {
    const next = current.commands.find((command) => command.name() === arg);
    if (next === undefined) continue;
    path.push(arg);
    current = next;
  }
  return path;
}
