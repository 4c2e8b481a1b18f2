import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { cubeConstructs, type CubeReference } from '../../template/cube-members.js';
import { EXPANSION_LENGTH_MAX, REFERENCE_DEPTH_MAX, withinExpansion } from '../../template/expansion.js';
import { fillHoles, type Hole } from '../../template/holes.js';
import { quote } from '../../template/placeholder.js';
import { mergeProblems, Notes, type Neutralised } from '../../template/result.js';
import { compose } from '../../template/rewrite.js';
import type { Problem } from '../../model/query.js';
import { aggregateFrame, closed } from './aggregate.js';
import { renderWithin } from './jinja.js';
import type { Cube, CubeModel, Member } from './model.js';
import { stringOf, type ModelNode, type ModelText } from './node.js';

/** A text of a model as SQL, and the cubes besides its own whose columns it reads. */
export interface Resolved extends Neutralised {
  cubes: Set<Cube>;
}

interface Inner {
  sql: string;
  problems: Problem[];
  cubes: Set<Cube>;
}

/** Relations longer than this are not repeated in each fragment over them. */
const RELATION_LENGTH_MAX = 20_000;
const CUBES_JOINED_MAX = 50;

/** Puts members, relations and filters of a Cube model in place of their references. */
export class CubeResolver {
  readonly #members = new Map<string, Inner>();
  readonly #open = new Set<string>();
  readonly #relations = new Map<Cube, Inner | null>();
  /** The label of the turn of a loop that made the member that is being resolved. */
  #turn = 'default';

  constructor(readonly model: CubeModel) {}

  /** The variants of a text that stands in a cube; of a whole statement or table name (`isWhole`) nothing may stand for all of it. */
  resolve(text: ModelText, cube: Cube, isWhole = false): Resolved {
    const notes = new Notes();
    const cubes = new Set<Cube>();
    const fill = (sql: string): Neutralised => fillHoles(sql, this.#holes({ ...text, text: sql }, cube, notes, cubes, isWhole), { word: 'expression' });
    // Cube renders Jinja first, and looks for members in what comes out.
    const rendered = text.style === 'yaml' && /\{[{%#]/.test(text.text) ? renderWithin(cube.file.text, text.text) : null;
    if (rendered === null || rendered.variants.length === 0) {
      const filled = fill(text.text);
      return { variants: filled.variants, problems: mergeProblems([rendered?.problems ?? [], filled.problems, notes.problems]), cubes };
    }
    const filled = rendered.variants.map((variant) => ({ variant, done: fill(variant.sql) }));
    const variants = filled.flatMap(({ variant, done }) =>
      done.variants.slice(0, 1).map(({ sql, map, assumptions }) => ({ label: variant.label, sql, map: compose(map, variant.map), assumptions: [...variant.assumptions, ...assumptions] })),
    );
    return { variants, problems: mergeProblems([rendered.problems, ...filled.map(({ done }) => done.problems), notes.problems]), cubes };
  }

  /** What a member is as SQL: a dimension's expression, a measure's aggregate. */
  member(cube: Cube, name: string, member: Member): Inner {
    const key = `${cube.file.path}\n${cube.name}\n${name}`;
    const known = this.#members.get(key);
    if (known !== undefined) return known;
    if (this.#open.has(key) || this.#open.size >= REFERENCE_DEPTH_MAX) {
      const cause = this.#open.has(key) ? 'it refers to itself' : `its references are more than ${REFERENCE_DEPTH_MAX} deep`;
      return { sql: 'NULL', problems: [{ code: 'cyclic-reference', message: `the member ${cube.name}.${name} is left out: ${cause}` }], cubes: new Set() };
    }
    this.#open.add(key);
    const outer = this.#turn;
    this.#turn = turnOf(name, member);
    const found = bounded(this.#memberSql(cube, name, member), `${cube.name}.${name}`);
    this.#turn = outer;
    this.#open.delete(key);
    this.#members.set(key, found);
    return found;
  }

  /** The relation of a cube: a name, or its query in parentheses. Null where nobody knows it, or it is too long to repeat. */
  relation(cube: Cube): string | null {
    const sql = this.#relation(cube)?.sql ?? null;
    return sql === null || sql.length > RELATION_LENGTH_MAX ? null : sql;
  }

  /** What a fragment stands over: its own cube, and beside it those that it refers to. */
  from(cube: Cube, cubes: ReadonlySet<Cube>): { relation: string | null; alias: string; problems: Problem[] } {
    const joined = [cube, ...[...cubes].filter((other) => other !== cube)].slice(0, CUBES_JOINED_MAX);
    const problems: Problem[] = [];
    const parts: { relation: string; alias: string }[] = [];
    for (const one of joined) {
      const relation = this.relation(one);
      if (relation !== null) parts.push({ relation, alias: one.alias });
      else if (this.#relation(one) === null) problems.push({ code: 'missing-reference', message: missingRelation(one, this.model) });
    }
    const last = parts.pop();
    if (last === undefined) return { relation: null, alias: cube.alias, problems };
    const before = parts.map(({ relation, alias }) => `${relation} AS ${alias} CROSS JOIN `).join('');
    return { relation: before + last.relation, alias: last.alias, problems };
  }

  #relation(cube: Cube): Inner | null {
    const known = this.#relations.get(cube);
    if (known !== undefined) return known;
    // A cube whose query reads itself ends here.
    this.#relations.set(cube, null);
    const found = this.#relationSql(cube);
    this.#relations.set(cube, found);
    return found;
  }

  #relationSql(cube: Cube): Inner | null {
    const table = this.model.property(cube, 'sql_table');
    const query = this.model.property(cube, 'sql');
    const text = (table ?? query)?.node.text() ?? null;
    if (text === null) return null;
    const inner = this.#inner(text, cube, true);
    if (inner.sql.trim() === '') return null;
    if (table !== undefined) return { ...inner, sql: inner.sql.trim() };
    // Cube itself reads the table of `select * from table` directly.
    const plain = /^\s*select\s+\*\s+from\s+([\w."`-]+)\s*;?\s*$/i.exec(inner.sql)?.[1];
    return { ...inner, sql: plain ?? `(\n${inner.sql.trim().replace(/;$/, '')}\n)` };
  }

  #inner(text: ModelText, cube: Cube, isWhole = false): Inner {
    const { variants, problems, cubes } = this.resolve(text, cube, isWhole);
    const variant = variants.find(({ label }) => label === this.#turn) ?? variants[0];
    return { sql: variant?.sql ?? 'NULL', problems, cubes };
  }

  #memberSql(cube: Cube, name: string, { kind, node }: Member): Inner {
    const text = node.get('sql')?.text() ?? null;
    // Inherited members mean the cube that inherits them.
    const inner = text === null ? this.#withoutSql(cube, name, node, kind === 'measure') : this.#inner(text, cube);
    const sql = text !== null && /^\s*[A-Za-z_]\w*\s*$/.test(inner.sql) ? `${cube.alias}.${inner.sql.trim()}` : inner.sql;
    const own = { ...inner, sql, cubes: new Set([...inner.cubes, cube]) };
    if (kind !== 'measure') return { ...own, sql: `(${closed(sql)})` };
    return { ...own, sql: this.aggregate(cube, node, text === null ? null : sql, own) };
  }

  /** The aggregate of a measure over its expression; null where the measure names none. */
  aggregate(cube: Cube, measure: ModelNode, expression: string | null, into: { problems: Problem[]; cubes: Set<Cube> }): string {
    const { before, after } = aggregateFrame(stringOf(measure.get('type')));
    const conditions = (measure.get('filters')?.items() ?? []).flatMap((filter) => {
      const text = filter.get('sql')?.text() ?? null;
      if (text === null) return [];
      const inner = this.#inner(text, cube);
      into.problems = mergeProblems([into.problems, inner.problems]);
      for (const other of inner.cubes) into.cubes.add(other);
      return [`(${closed(inner.sql)})`];
    });
    const value = expression === null ? null : closed(expression);
    if (conditions.length === 0) return `${before}${value ?? (before === '' ? 'NULL' : '*')}${after}`;
    return `${before}CASE WHEN ${conditions.join(' AND ')} THEN ${value ?? '1'} END${after}`;
  }

  #withoutSql(cube: Cube, name: string, node: ModelNode, isMeasure: boolean): Inner {
    const choice = node.get('case');
    const whens = choice?.get('when')?.items() ?? [];
    if (isMeasure || whens.length === 0) return { sql: isMeasure ? '*' : `${cube.alias}.${name}`, problems: [], cubes: new Set() };
    const cubes = new Set<Cube>();
    const problems: Problem[][] = [];
    const parts = whens.flatMap((when) => {
      const condition = when.get('sql')?.text() ?? null;
      if (condition === null) return [];
      const inner = this.#inner(condition, cube);
      for (const other of inner.cubes) cubes.add(other);
      problems.push(inner.problems);
      return [`WHEN ${closed(inner.sql)} THEN ${quote(stringOf(when.get('label')) ?? 'x')}`];
    });
    return { sql: `CASE ${parts.join(' ')} END`, problems: mergeProblems(problems), cubes };
  }

  #holes({ text, style }: ModelText, cube: Cube, notes: Notes, cubes: Set<Cube>, isWhole: boolean): Hole[] {
    if (text.length > TEXT_LENGTH_MAX) return [];
    const holes = cubeConstructs(text, style).map(({ start, end, reference }): Hole => {
      const hole = this.#hole(reference, style, cube, notes, cubes, text.slice(Math.max(0, start - 20), start));
      if (hole.text !== undefined || isWhole || text.slice(0, start).trim() !== '' || text.slice(end).trim() !== '') return { start, end, ...hole };
      return { start, end, ...hole, text: 'NULL', assumption: `the expression ${hole.name.slice(0, 80)} is NULL` };
    });
    return withinExpansion(holes, notes);
  }

  #hole(reference: CubeReference, style: ModelText['style'], cube: Cube, notes: Notes, cubes: Set<Cube>, before: string): Omit<Hole, 'start' | 'end'> {
    const take = (inner: Inner): string => {
      for (const { code, message } of inner.problems) notes.problem(code, message);
      for (const other of inner.cubes) cubes.add(other);
      return inner.sql;
    };
    switch (reference.kind) {
      case 'literal':
        return { name: 'brace', text: reference.text };
      case 'value':
        return { name: reference.name };
      case 'code':
        notes.problem('dynamic-sql', `a program computes ${reference.source.slice(0, 80)}`);
        return { name: reference.source.slice(0, 80) };
      case 'relation': {
        const found = this.#relative(reference.path, cube)?.cube ?? cube;
        const relation = this.#relation(found);
        if (relation === null) notes.problem('missing-reference', missingRelation(found, this.model));
        const sql = relation === null ? found.alias : take(relation);
        return { name: `${found.name}.sql()`, text: /\(\s*$/.test(before) && !sql.startsWith('(') ? `SELECT * FROM ${sql}` : sql };
      }
      case 'function':
        return { name: 'SQL_UTILS', text: `(${reference.texts.map((text) => take(this.#inner({ text, style }, cube))).join(', ') || 'NULL'})` };
      case 'filter': {
        const predicates = reference.columns.map((column) => {
          if (column !== null) return `(${closed(take(this.#inner({ text: column, style }, cube)))}) ${reference.subject === 'query filter' ? 'IS NOT NULL' : "= 'x'"}`;
          notes.problem('unsupported', `a function builds the condition of a ${reference.subject}; the columns that it reads are not known`);
          return 'TRUE';
        });
        const text = predicates.length === 0 ? 'TRUE' : predicates.length === 1 ? (predicates[0] ?? 'TRUE') : `(${predicates.join(' AND ')})`;
        return { name: reference.subject, text, assumption: `the ${reference.subject} is set` };
      }
      case 'path':
        return this.#pathHole(reference.path, cube, notes, cubes, take);
    }
  }

  #pathHole(path: readonly string[], cube: Cube, notes: Notes, cubes: Set<Cube>, take: (inner: Inner) => string): Omit<Hole, 'start' | 'end'> {
    const name = path.join('.');
    const found = this.#relative(path, cube);
    if (found === null) {
      notes.problem('missing-reference', `the model has no cube or member ${name}`);
      // A column that was written as a member is read all the same.
      const [first = '', column = ''] = path;
      const owner = first === 'CUBE' || first === 'TABLE' ? cube : this.model.cube(first);
      if (owner === undefined || path.length !== 2) return { name };
      cubes.add(owner);
      return { name, text: `${owner.alias}.${column}` };
    }
    if (found.member === null) {
      cubes.add(found.cube);
      return { name, text: found.cube.alias };
    }
    const sql = take(this.member(found.cube, found.name, found.member));
    return { name, text: found.granularity === null ? sql : `date_trunc(${quote(found.granularity)}, ${sql})` };
  }

  /** Follows a path: the cube itself, its members, other cubes and joins through them, and a granularity behind a time. */
  #relative(path: readonly string[], cube: Cube): { cube: Cube; name: string; member: Member | null; granularity: string | null } | null {
    const [first = '', ...rest] = path;
    let at = cube;
    let steps = rest;
    if (first !== 'CUBE' && first !== 'TABLE') {
      const own = this.model.member(cube, first);
      const other = this.model.cube(first);
      if (own !== undefined && (rest.length <= 1 && (other === undefined || rest.length === 0))) return { cube, name: first, member: own, granularity: rest[0] ?? null };
      if (other === undefined) return null;
      at = other;
    }
    for (let next = this.model.cube(steps[0] ?? ''); next !== undefined && steps.length > 1; next = this.model.cube(steps[0] ?? '')) {
      at = next;
      steps = steps.slice(1);
    }
    const [name, granularity] = steps;
    if (name === undefined) return { cube: at, name: '', member: null, granularity: null };
    const member = this.model.member(at, name);
    return member === undefined || steps.length > 2 ? null : { cube: at, name, member, granularity: granularity ?? null };
  }
}

/** Where a loop makes several members of one definition: the variant of its texts that belongs to the name. */
function turnOf(name: string, { node, owner }: Member): string {
  const template = stringOf(node.get('name'));
  if (template === null || !template.includes('{{')) return 'default';
  return renderWithin(owner.file.text, template).variants.find(({ sql }) => sql === name)?.label ?? 'default';
}

function bounded(inner: Inner, name: string): Inner {
  if (inner.sql.length <= EXPANSION_LENGTH_MAX) return inner;
  return { sql: 'NULL', problems: [{ code: 'too-large', message: `the member ${name} expands to more than ${EXPANSION_LENGTH_MAX} characters` }], cubes: new Set() };
}

function missingRelation(cube: Cube, model: CubeModel): string {
  const last = model.lineage(cube).at(-1) ?? cube;
  return last.extends === null ? `the relation of the cube ${cube.name} is not written down` : `the cube ${cube.name} extends ${last.extends}, which is not among the files`;
}
