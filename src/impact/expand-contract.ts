import type { Catalog } from '../model/catalog.js';
import type { Impact, ImpactReport } from '../model/impact-report.js';
import { sqlIdentifier, sqlRelation } from '../text/sql-name.js';
import type { PlacedChange, Situation } from './situation.js';

type Plan = ImpactReport['expandContract'][number];

/** Of each change that breaks readers: what makes both ways possible, who moves, and what ends it. SQL for a person to run. */
export function expandContract(situation: Situation, impacts: readonly Impact[]): Plan[] {
  return situation.changes.flatMap((placed): Plan[] => {
    const own = impacts.filter(({ effect, changes }) => effect === 'breaks' && changes.includes(placed.place));
    if (own.length === 0) return [];
    const steps = stepsOf(placed, situation);
    return steps === null ? [] : [{ change: placed.place, ...steps, move: moveOf(own) }];
  });
}

function moveOf(impacts: readonly Impact[]): string {
  const names = [...new Set(impacts.map(({ thing }) => thing.name))].sort();
  return names.join(', ');
}

type Steps = Omit<Plan, 'change' | 'move'>;

function stepsOf({ change, original }: PlacedChange, situation: Situation): Steps | null {
  const relation = sqlRelation(original.relation ?? change.relation);
  switch (change.kind) {
    case 'relation-renamed': {
      const old = sqlRelation(change.relation);
      const to = sqlRelation(change.to);
      const bareName = sqlIdentifier(change.to.slice(change.to.indexOf('.') + 1));
      const sameSchema = change.to.split('.')[0] === change.relation.split('.')[0];
      const rename = sameSchema ? `ALTER TABLE ${old} RENAME TO ${bareName};` : `ALTER TABLE ${old} SET SCHEMA ${sqlIdentifier(change.to.split('.')[0] ?? '')};`;
      return { expand: ['BEGIN;', rename, `CREATE VIEW ${old} AS SELECT * FROM ${to};`, 'COMMIT;', `-- then the rights that ${old} had, on the view`], contract: [`DROP VIEW ${old};`] };
    }
    case 'column-renamed':
      return besides(situation, { relation, table: original.relation ?? change.relation, from: change.column, to: change.to, type: null });
    case 'column-type':
      return besides(situation, { relation, table: original.relation ?? change.relation, from: change.column, to: `${change.column}_new`, type: change.to });
    case 'column-dropped':
      return { expand: [], contract: [`ALTER TABLE ${relation} DROP COLUMN ${sqlIdentifier(change.column)};`] };
    case 'relation-dropped':
      return { expand: [], contract: [`${dropVerb(situation, original.relation ?? change.relation)} ${relation};`] };
    case 'view-replaced':
      return { expand: [`CREATE VIEW ${sqlRelation(nextName(change.relation))} AS ${oneLine(change.after)};`], contract: [`DROP VIEW ${relation};`] };
    case 'values-changed':
      return change.renamed.length === 0 ? null : { expand: change.renamed.map(({ from, to }) => `-- let readers of ${relation}.${sqlIdentifier(change.column)} name both ${literal(from)} and ${literal(to)}`), contract: change.renamed.map(({ from }) => `-- then rename the value, and take ${literal(from)} out of their queries`) };
    case 'column-added':
      return { expand: [`-- let readers that fail write the table before ${sqlIdentifier(change.column)}`], contract: [`ALTER TABLE ${relation} ADD COLUMN ${sqlIdentifier(change.column)} ${change.type};`] };
    case 'column-nullable':
      return change.nullable ? null : notNull(relation, change.column);
    default:
      return null;
  }
}

/** Both columns beside each other, kept the same by a trigger, until every reader has moved. */
function besides({ relationsBefore, input: { boundary: { store: { catalog } } } }: Situation, { relation, table, from, to, type }: { relation: string; table: string; from: string; to: string; type: string | null }): Steps {
  const column = relationsBefore.get(table)?.columns.find(({ name }) => name === from);
  const [old, added] = [sqlIdentifier(from), sqlIdentifier(to)];
  const target = type ?? column?.type ?? 'text';
  const cast = type === null ? '' : `::${target}`;
  const name = sqlIdentifier(`${table.slice(table.indexOf('.') + 1)}_${to}_sync`);
  const schema = table.includes('.') ? `${sqlIdentifier(table.slice(0, table.indexOf('.')))}.` : '';
  // The old column may have a default, which is there before the trigger: only the new one tells what a writer gave.
  const inserted = type === null ? `IF new.${added} IS NULL THEN new.${added} := new.${old}; ELSE new.${old} := new.${added}; END IF;` : `new.${added} := coalesce(new.${added}, new.${old}${cast});`;
  const back = type === null ? ` ELSIF new.${added} IS DISTINCT FROM old.${added} THEN new.${old} := new.${added};` : '';
  return {
    expand: [
      `ALTER TABLE ${relation} ADD COLUMN ${added} ${target};`,
      `CREATE FUNCTION ${schema}${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF tg_op = 'INSERT' THEN ${inserted} ELSIF new.${old} IS DISTINCT FROM old.${old} THEN new.${added} := new.${old}${cast};${back} END IF; RETURN new; END $$;`,
      `CREATE TRIGGER ${name} BEFORE INSERT OR UPDATE ON ${relation} FOR EACH ROW EXECUTE FUNCTION ${schema}${name}();`,
      `UPDATE ${relation} SET ${added} = ${old}${cast} WHERE ${added} IS DISTINCT FROM ${old}${cast}; -- in portions, where it is large`,
      ...(column?.nullable === false ? [`ALTER TABLE ${relation} ADD CONSTRAINT ${sqlIdentifier(`${to}_is_set`)} CHECK (${added} IS NOT NULL) NOT VALID;`, `ALTER TABLE ${relation} VALIDATE CONSTRAINT ${sqlIdentifier(`${to}_is_set`)};`] : []),
    ],
    contract: [
      ...(type === null ? movedDefault(relation, column?.default, added) : []),
      `DROP TRIGGER ${name} ON ${relation};`, `DROP FUNCTION ${schema}${name}();`, `ALTER TABLE ${relation} DROP COLUMN ${old};`,
      ...(column?.nullable === false ? [`ALTER TABLE ${relation} ALTER COLUMN ${added} SET NOT NULL;`, `ALTER TABLE ${relation} DROP CONSTRAINT ${sqlIdentifier(`${to}_is_set`)};`] : []),
      ...goingAlong(catalog, table, from).map((constraint) => `-- went with ${old}, and has to be made on ${added}: ${sqlIdentifier(constraint)}`),
      ...(type === null ? [] : [`-- where the old name must stay: ALTER TABLE ${relation} RENAME COLUMN ${added} TO ${old}; which is one more move of all readers`]),
    ],
  };
}

/** The new column takes over what the old one had by default; a sequence that the old one owns would go with it. */
function movedDefault(relation: string, given: string | undefined, added: string): string[] {
  if (given === undefined) return [];
  if (given === 'identity') return [`-- the old column numbers rows by itself: ALTER TABLE ${relation} ALTER COLUMN ${added} ADD GENERATED … AS IDENTITY (START WITH …);`];
  const [, sequence] = /^nextval\('((?:[^']|'')+)'::regclass\)$/.exec(given) ?? [];
  return [
    ...(sequence === undefined ? [] : [`ALTER SEQUENCE ${sequence.replaceAll("''", "'")} OWNED BY ${relation}.${added};`]),
    `ALTER TABLE ${relation} ALTER COLUMN ${added} SET DEFAULT ${oneLine(given)};`,
  ];
}

/** Keys, references and checks that are dropped with a column. */
function goingAlong({ constraints }: Catalog, table: string, column: string): string[] {
  return constraints.filter(({ schema, relation, kind, columns }) => `${schema}.${relation}` === table && kind !== 'not_null' && columns.includes(column)).map(({ name }) => name);
}

function notNull(relation: string, column: string): Steps {
  const name = sqlIdentifier(`${column}_is_set`);
  return {
    expand: [`ALTER TABLE ${relation} ALTER COLUMN ${sqlIdentifier(column)} SET DEFAULT …; -- a value for writers that give none`],
    contract: [`ALTER TABLE ${relation} ADD CONSTRAINT ${name} CHECK (${sqlIdentifier(column)} IS NOT NULL) NOT VALID;`, `ALTER TABLE ${relation} VALIDATE CONSTRAINT ${name};`, `ALTER TABLE ${relation} ALTER COLUMN ${sqlIdentifier(column)} SET NOT NULL;`],
  };
}

function dropVerb({ relationsBefore }: Situation, relation: string): string {
  const kind = relationsBefore.get(relation)?.kind;
  return kind === 'view' ? 'DROP VIEW' : kind === 'materialized_view' ? 'DROP MATERIALIZED VIEW' : kind === 'foreign_table' ? 'DROP FOREIGN TABLE' : 'DROP TABLE';
}

function nextName(relation: string): string {
  const [, head, number] = /^(.*_v)(\d+)$/.exec(relation) ?? [];
  return head === undefined || number === undefined ? `${relation}_v2` : `${head}${Number(number) + 1}`;
}

function oneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim().replace(/;$/, '');
}

function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
