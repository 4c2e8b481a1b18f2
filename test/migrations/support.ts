import { postgresCatalog } from '../../src/metrics/schema/catalog-postgres.js';
import type { Catalog, Column } from '../../src/model/catalog.js';
import type { MigrationFile } from '../../src/model/migration.js';
import type { ScratchSpace } from '../../src/model/scratch-engine.js';
import { applyMigrations, type AppliedMigrations } from '../../src/migrations/index.js';

/** What a server makes of migrations, beside what is told of them. */
export interface Compared {
  told: AppliedMigrations;
  ours: Essence;
  servers: Essence;
  /** Views whose text, as we have it, the server refuses or answers with other columns. */
  brokenViews: string[];
  /** Statements that the server refused, with its message. */
  refused: string[];
}

interface Essence {
  relations: unknown[];
  constraints: unknown[];
  indexes: unknown[];
}

/** Runs migrations on a space that has a schema, and applies them to the catalogue that the space had before. */
export async function compare(space: ScratchSpace, schema: string, files: readonly MigrationFile[]): Promise<Compared> {
  await space.run(schema);
  const before = await catalogOf(space);
  const refused: string[] = [];
  for (const { sql } of files.flatMap(({ steps }) => steps)) {
    try {
      await space.run(sql);
    } catch (error) {
      refused.push(error instanceof Error ? error.message : String(error));
    }
  }
  const real = await catalogOf(space);
  const told = await applyMigrations(before, files, { searchPath: ['public'] });
  return { told, ours: essence(told.after), servers: essence(real), brokenViews: await brokenViews(space, told.after, real), refused };
}

async function catalogOf(space: ScratchSpace): Promise<Catalog> {
  await space.run("set search_path to ''");
  const catalog = await postgresCatalog(space);
  await space.run('set search_path to public');
  return catalog;
}

async function brokenViews(space: ScratchSpace, { relations }: Catalog, real: Catalog): Promise<string[]> {
  const broken: string[] = [];
  for (const { schema, name, definition } of relations) {
    if (definition === null) continue;
    const servers = real.relations.find((relation) => relation.schema === schema && relation.name === name);
    try {
      await space.run(`create temp view pg_temp.as_we_have_it as ${definition}`);
      const { rows } = await space.rows("select attname from pg_attribute where attrelid = 'pg_temp.as_we_have_it'::regclass and attnum > 0 order by attnum");
      await space.run('drop view pg_temp.as_we_have_it');
      const columns = rows.map(([column]) => column).join();
      if (columns !== servers?.columns.map((column) => column.name).join()) broken.push(`${schema}.${name} has ${columns}`);
    } catch (error) {
      broken.push(`${schema}.${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return broken;
}

/** What of a catalogue answers depend on. Expressions are compared without the casts and brackets that the server adds. */
export function essence({ relations, constraints, indexes }: Catalog): Essence {
  const isView = new Set(relations.filter(({ kind }) => kind === 'view' || kind === 'materialized_view').map(({ schema, name }) => `${schema}.${name}`));
  return {
    relations: relations.map(({ schema, name, kind, columns, partitionOf, rowSecurity }) => ({
      relation: `${schema}.${name}`, kind, partitionOf, rowSecurity, columns: columns.map((column) => (isView.has(`${schema}.${name}`) ? column.name : columnText(column))),
    })),
    constraints: constraints
      .map(({ schema, relation, name, kind, columns, expression, references, validated, enforced }) => {
        const to = references === null ? '' : ` -> ${references.schema}.${references.relation}(${references.columns.join()})`;
        const shown = kind === 'check' ? [...columns].sort() : columns;
        return `${schema}.${relation} ${name} ${kind} (${shown.join()})${expression === null ? '' : ` ${plain(expression)}`}${to}${validated ? '' : ' not valid'}${enforced ? '' : ' not enforced'}`;
      })
      .sort(),
    indexes: indexes.map(({ schema, relation, name, columns, unique, primary, predicate }) => `${schema}.${relation} ${name} (${columns.join()})${unique ? ' unique' : ''}${primary ? ' primary' : ''}${predicate === null ? '' : ` where ${plain(predicate)}`}`).sort(),
  };
}

function columnText({ name, type, baseType, nullable, enumValues, default: value, generated }: Column): string {
  const shownType = (baseType ?? type).replace(/^public\./, '').replaceAll('"', '');
  return [name, shownType, nullable ? '' : 'not null', enumValues?.join('|') ?? '', value === undefined ? '' : `= ${plain(value)}`, generated === undefined ? '' : `as ${plain(generated)}`].filter((part) => part !== '').join(' ');
}

function plain(expression: string): string {
  return expression
    .toLowerCase()
    .replace(/::(?:"[^"]+"|[a-z_.]+)(?: varying| precision| with(?:out)? time zone)?(?:\([\d, ]+\))?(?:\[\])?/g, '')
    .replace(/\bpublic\./g, '')
    .replace(/=\s*any\s*\(\(?\s*array\s*\[([^\]]*)\]\s*\)?\)/g, ' in ($1)')
    .replace(/[()\s"]/g, '');
}
