import { access, constants, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suggestion } from '../text/nearest-name.js';
import { plainText } from '../text/plain-text.js';
import type { Report } from '../model/report.js';
import { systemMeaning } from './error-message.js';
import { loadReportFormat, reportFormats, type ReportFormat } from '../report/index.js';
import { mayColor } from './color.js';
import type { GlobalOptions } from './global-options.js';
import type { Host } from './host.js';
import { repositoryPlace } from './repository-place.js';
import { appendToSummary } from './step-summary.js';
import { UsageError } from './usage-error.js';

/** Lines of this width where nothing says how wide they may be. */
export const COLUMNS_DEFAULT = 100;

/** One report and where it goes; null is standard output. */
export interface Destination {
  format: ReportFormat;
  file: string | null;
}

/** Everything that leaves the process apart from bundles goes through here. */
export class Output {
  private closed = false;

  constructor(
    private readonly host: Host,
    private readonly options: GlobalOptions,
  ) {}

  /** Where the reports will go. Throws a UsageError before any work is done. */
  async destinations(): Promise<Destination[]> {
    const wanted = this.options.format.length === 0 ? ['text'] : this.options.format;
    const destinations: Destination[] = [];
    for (const text of wanted) {
      const [id = '', ...rest] = text.split(':');
      const file = rest.length === 0 ? null : this.resolve(rest.join(':'));
      destinations.push({ format: await this.format(id), file });
    }
    const unnamed = destinations.filter((destination) => destination.file === null);
    if (unnamed.length > 1) {
      throw new UsageError('two reports would go to standard output', `give one of them a file, as in --format ${wanted[0] ?? 'json'}:FILE`);
    }
    if (this.options.output !== undefined) {
      if (unnamed[0] === undefined) throw new UsageError('-o names a file, but each --format already has one');
      unnamed[0].file = this.resolve(this.options.output);
    }
    const files = destinations.flatMap(({ file }) => file ?? []);
    const twice = files.find((file, index) => files.indexOf(file) < index);
    if (twice !== undefined) throw new UsageError(`two reports would go to ${twice}`, 'give each a file of its own');
    for (const file of files) await this.refuseUnwritable(file);
    return destinations;
  }

  /** Writes each report to its place, and to the step summary where GitHub Actions gives one. */
  async writeReport(report: Report, destinations: Destination[], all: boolean): Promise<void> {
    const { config, failOn } = this.options;
    const place = { ...(await repositoryPlace(this.host, config)), failOn };
    for (const { format, file } of destinations) {
      const isTerminal = file === null && this.host.stdout.isTTY;
      const text = format.render(report, {
        width_columns: file === null ? this.columns() : COLUMNS_DEFAULT,
        color: mayColor(this.options.color, this.host.environment, isTerminal),
        all,
        quiet: this.options.quiet,
        ...place,
      });
      if (file === null) await this.print(text);
      else await this.write(file, text);
    }
    const summary = this.host.environment['GITHUB_STEP_SUMMARY'];
    if (summary === undefined || summary === '') return;
    const markdown = await loadReportFormat('markdown');
    const untold = await appendToSummary(summary, markdown.render(report, { width_columns: COLUMNS_DEFAULT, color: false, all, quiet: this.options.quiet, ...place }));
    if (untold !== null) this.note(untold);
  }

  /** True once the reader of standard output has gone, as `head` does. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** Prints to standard output; nothing more once its reader has gone. */
  async print(text: string): Promise<void> {
    if (this.closed || text === '') return;
    const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
      this.host.stdout.write(text, resolve);
    });
    if (error == null) return;
    // A reader that has seen enough (`| head`) closes its end; what it did see was right, so that is no error.
    if (error.code !== 'EPIPE') throw notWritten('standard output', error);
    this.closed = true;
  }

  /** `print`, or to a file: by default that of `-o`. */
  async printOrWrite(text: string, file: string | null = this.options.output ?? null): Promise<void> {
    if (file === null) await this.print(text);
    else await this.write(this.resolve(file), text);
  }

  /** Prints one line to standard error. */
  note(message: string): void {
    this.host.stderr.write(`${plainText(message, 1_000)}\n`);
  }

  columns(): number {
    const said = Number(this.host.environment['COLUMNS']);
    // Some terminals say 0 where they do not know.
    return [this.host.stdout.columns, said].find((columns) => columns > 0) ?? COLUMNS_DEFAULT;
  }

  colors(): boolean {
    return mayColor(this.options.color, this.host.environment, this.host.stdout.isTTY);
  }

  private async format(id: string): Promise<ReportFormat> {
    const known = reportFormats();
    if (!known.includes(id)) {
      throw new UsageError(`there is no report format '${id}'${suggestion(id, known)}`, `formats: ${known.join(', ')}`);
    }
    return loadReportFormat(id);
  }

  /** Throws a UsageError where a file cannot be written, before any work is done for it. */
  async refuseUnwritable(name: string): Promise<void> {
    const file = this.resolve(name);
    const folder = path.dirname(file);
    const found = await stat(folder).catch(() => null);
    if (found === null || !found.isDirectory()) throw new UsageError(`cannot write ${name}: there is no folder ${folder}`, 'make the folder, or choose another place');
    const target = await stat(file).catch(() => null);
    if (target?.isDirectory() === true) throw new UsageError(`cannot write ${name}: it is a folder`, 'give the name of a file in it');
    await access(target === null ? folder : file, constants.W_OK).catch((error: unknown) => {
      throw notWritten(name, error);
    });
  }

  /** A report that is cut off reads like a whole one, so none is left behind. */
  private async write(file: string, text: string): Promise<void> {
    try {
      await writeFile(file, text);
    } catch (error) {
      // Refused at the opening, it is still what stood there before.
      const isCutOff = error instanceof Error && 'syscall' in error && error.syscall === 'write';
      const target = await stat(file).catch(() => null);
      if (isCutOff && target?.isFile() === true) await rm(file, { force: true });
      throw notWritten(file, error);
    }
  }

  private resolve(file: string): string {
    if (file === '') throw new UsageError('the name of the file to write is empty');
    return path.resolve(this.host.directory, file);
  }
}

function notWritten(place: string, error: unknown): UsageError {
  const cause = error instanceof Error ? error.message : String(error);
  return new UsageError(`cannot write ${place}: ${systemMeaning(error) ?? cause}`, 'make room or grant the right, or choose another place');
}
