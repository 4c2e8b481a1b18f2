import { catalogueDdl } from '../../../metrics/schema/ddl.js';
import { mentionedRelations } from '../../../metrics/verdict/relevant-ddl.js';
import { dialectOfEngine, POSTGRES } from '../../../sql/dialect.js';
import type { CommandContext } from '../../command.js';
import { findCatalogue } from '../../inspect/catalogue.js';
import { joinedDdl } from '../../inspect/ddl-texts.js';
import { type NamedText, readText } from '../../inspect/input.js';
import { UsageError } from '../../usage-error.js';
import type { Question } from './comparer.js';
import type { CompareOptions } from './options.js';
import type { SessionFlags } from './session-flags.js';
import { type SessionSettings, sessionSettings } from './session.js';

/**
 * What the command line asks.
 *
 * @throws UsageError, and what the system says of files
 */
export async function questionOf(context: CommandContext, a: string, b: string, options: CompareOptions, sessions: SessionFlags): Promise<Question> {
  const files = [a, b, ...(options.ddl ?? []), ...(options.lateDdl === undefined ? [] : [options.lateDdl])];
  if (files.filter((file) => file === '-').length > 1) throw new UsageError('standard input can be read once, and - stands there twice', 'put one of the texts in a file');
  const settings = [sessions.a, sessions.b].map((own) => settingsOf({ ...sessions.both, ...own }));
  const [sessionA, sessionB] = settings;
  if (!sessionA || !sessionB) throw new RangeError('two sessions are needed');
  const first = await readText(context, a);
  const second = a === b && a !== '-' ? first : await readText(context, b);
  const catalogue = await findCatalogue(context, options);
  const dialect = options.dialect ?? (catalogue === null ? POSTGRES : dialectOfEngine(catalogue.engine));
  const late = options.lateDdl === undefined ? '' : (await readText(context, options.lateDdl)).text;
  const schema =
    catalogue === null
      ? { ddl: await ddlOf(context, options.ddl ?? []), late: '', asserted: [], doubts: [] }
      : catalogueDdl(catalogue.catalog, mentionedRelations(catalogue.catalog, [first.text, second.text]));
  return {
    a: { sql: first.text, name: first.name, session: sessionA },
    b: { sql: second.text, name: second.name, session: sessionB },
    dialect,
    ddl: schema.ddl,
    late: [schema.late, late].filter((text) => text !== '').join('\n'),
    asserted: schema.asserted,
    doubts: schema.doubts,
    names: [options.nameA ?? 'A', options.nameB ?? 'B'],
  };
}

async function ddlOf(context: CommandContext, files: readonly string[]): Promise<string> {
  if (files.length === 0) throw new UsageError('there is no schema to compare on', 'name the DDL of the tables with --ddl FILE, or a bundle that has them with --bundle FILE');
  const texts: NamedText[] = [];
  for (const file of files) texts.push(await readText(context, file));
  return joinedDdl(texts);
}

function settingsOf(given: Record<string, string>): SessionSettings {
  const settings = sessionSettings(given);
  if ('fault' in settings) throw new UsageError(settings.fault, 'as in --session timezone=Europe/Berlin');
  return settings;
}

