import type { LiquidVariable } from '../../template/liquid.js';
import type { ValueType } from '../../template/placeholder.js';
import type { Part } from './part.js';
import type { Scope } from './scope.js';

const TYPES: Readonly<Record<string, ValueType>> = { string: 'text', number: 'number', date: 'date', date_time: 'timestamp', yesno: 'boolean' };

/** The parameters of a model's views as its templates see them. */
export class Parameters {
  #all: Map<string, LiquidVariable> | undefined;
  readonly #seen = new Map<string, ReadonlyMap<string, LiquidVariable>>();

  constructor(
    readonly scope: Scope,
    /** Values that a query gives. */
    readonly given: ReadonlyMap<string, string>,
  ) {}

  /** By `view.name`, those of the view itself by their name too. */
  seenFrom(view: string): ReadonlyMap<string, LiquidVariable> {
    const known = this.#seen.get(view);
    if (known !== undefined) return known;
    this.#all ??= this.#read();
    const own = [...this.#all].flatMap(([name, variable]) => (name.startsWith(`${view}.`) ? [[name.slice(view.length + 1), variable] as const] : []));
    const seen = new Map([...this.#all, ...own]);
    this.#seen.set(view, seen);
    return seen;
  }

  #read(): Map<string, LiquidVariable> {
    const all = new Map<string, LiquidVariable>();
    for (const name of this.scope.viewNames) {
      for (const part of this.scope.view(name)?.named('parameter') ?? []) {
        const full = `${name}.${part.name}`;
        all.set(full, variableOf(part, this.given.get(full)));
      }
    }
    return all;
  }
}

/** Its default, then what it may be besides. Text and days are put in as literals, `unquoted` and numbers as they are. */
function variableOf(part: Part, given: string | undefined): LiquidVariable {
  const type = part.value('type') ?? 'string';
  const stored = part.value('default_value');
  const allowed = (part.many.get('allowed_value') ?? []).flatMap((one) => one.value('value') ?? []);
  const values = [...new Set([given, stored, ...allowed].filter((value) => value !== null && value !== undefined))];
  // A day stands in Looker's own words (`7 days ago`), which no database reads.
  if (type === 'date' || type === 'date_time') return { type: TYPES[type], values: [] };
  return { values, type: TYPES[type], written: type === 'unquoted' || type === 'number' ? 'raw' : type === 'string' ? 'quoted' : 'slot' };
}
