import { readFileSync } from 'node:fs';
import type { Catalog, Column, Relation } from '../../src/model/catalog.js';
import type { Parse } from '../../src/metrics/rows/constraints.js';
import { analyseMetrics } from '../../src/metrics/analyse.js';

export interface GroupingFigures {
  cards: number;
  /** Pairs of cards that are labelled as one concept, that were put together, and both. */
  labelled: number;
  grouped: number;
  precision: number;
  recall: number;
  /** `title | title` of pairs that were put together and are not one concept, and the other way round. */
  wrong: string[];
  missed: string[];
}

const column = (name: string, type: string): Column => ({ name, type, nullable: true, comment: null, label: null, enumValues: null });

function table(schema: string, name: string, columns: Column[]): Relation {
  return {
    schema, name, kind: 'table', owner: null, comment: null, columns, definition: null, rows: null, size_bytes: null,
    rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
  };
}

const time = 'timestamp with time zone';
const relations = [
  table('app', 'case_file', [
    column('case_id', 'bigint'), column('status', 'text'), column('region_code', 'text'), column('officer_id', 'bigint'),
    column('opened_at', time), column('closed_at', time), column('due_at', time),
  ]),
  table('app', 'officer', [column('officer_id', 'bigint')]),
  table('app', 'task', [column('task_id', 'bigint'), column('kind', 'text'), column('done_at', time)]),
  table('shop', 'orders', [
    column('order_id', 'bigint'), column('customer_id', 'bigint'), column('status', 'text'), column('country', 'text'), column('total', 'numeric'),
    column('tax', 'numeric'), column('refunded', 'numeric'), column('placed_at', time), column('shipped_at', time),
  ]),
  table('shop', 'customer', [column('customer_id', 'bigint'), column('country', 'text'), column('created_at', time), column('deleted_at', time)]),
];
const key = (schema: string, relation: string, name: string): Catalog['constraints'][number] => ({
  schema, relation, name: `${relation}_pkey`, kind: 'primary_key', columns: [name], expression: null, references: null, validated: true, enforced: true,
});
const catalog: Catalog = {
  relations,
  constraints: [key('app', 'case_file', 'case_id'), key('app', 'officer', 'officer_id')],
  indexes: [], roles: [], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: {},
};

/**
 * Groups labelled cards of invented dashboards and counts pairs: two cards are rightly together when a reader says that they
 * claim one concept. What is compared wrongly costs more trust than what is not compared, so precision counts first.
 */
export async function evaluateMetrics(parse: Parse): Promise<GroupingFigures> {
  const lines = readFileSync(new URL('cards.tsv', import.meta.url), 'utf8').trim().split('\n').slice(1);
  const cards = await Promise.all(
    lines.map(async (line, index) => {
      const [concept = '', container = '', title = '', sql = ''] = line.split('\t');
      const statement = (await parse(sql)).statements[0]?.statement;
      if (statement === undefined) throw new Error(`cards.tsv: cannot be parsed: ${sql}`);
      return { concept, title, input: { consumer: String(index), owner: null, title, container, outputAliases: [], text: sql, statement, store: 'estate' } };
    }),
  );
  const groups = await analyseMetrics(cards.map(({ input }) => input), { catalogOf: () => catalog, zoneOf: () => 'internal', parse });
  const groupOf = new Map(groups.flatMap((group, index) => group.members.map((member) => [member.consumer, index] as const)));
  const pairs = cards.flatMap((first, index) =>
    cards.slice(index + 1).map((second) => ({
      name: `${first.title} | ${second.title}`,
      labelled: first.concept === second.concept,
      grouped: groupOf.has(first.input.consumer) && groupOf.get(first.input.consumer) === groupOf.get(second.input.consumer),
    })),
  );
  const labelled = pairs.filter((pair) => pair.labelled).length;
  const grouped = pairs.filter((pair) => pair.grouped).length;
  const both = pairs.filter((pair) => pair.labelled && pair.grouped).length;
  return {
    cards: cards.length,
    labelled,
    grouped,
    precision: both / grouped,
    recall: both / labelled,
    wrong: pairs.filter((pair) => pair.grouped && !pair.labelled).map(({ name }) => name),
    missed: pairs.filter((pair) => pair.labelled && !pair.grouped).map(({ name }) => name),
  };
}
