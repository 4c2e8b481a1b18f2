import type { StatementClass } from '../../model/live.js';
import type { PayloadOf } from '../../probes/index.js';
import { keyText, type StatementKey } from './window.js';

type Audit = PayloadOf<'audit'>;
type Recognised = Audit['statements'][number];

/** What the audits say of statements: who sends them, what they are, and which of them were there at the beginning. */
export class Recognition {
  #statements = new Map<string, Recognised>();
  /** Of the first audit: what is not in it is new. Null before that. */
  #baseline: Set<string> | null = null;

  accept(audit: Audit): void {
    this.#statements = new Map(audit.statements.map((statement) => [keyOf(statement.store, statement), statement]));
    this.#baseline ??= new Set(this.#statements.keys());
  }

  get hasBaseline(): boolean {
    return this.#baseline !== null;
  }

  of(store: string, key: StatementKey): Recognised | null {
    return this.#statements.get(keyOf(store, key)) ?? null;
  }

  classOf(store: string, key: StatementKey): StatementClass {
    return this.of(store, key)?.class ?? 'unknown';
  }

  /** Null before the first audit, and for statements that the server hides. */
  isNew(store: string, key: StatementKey): boolean | null {
    if (this.#baseline === null || key.query_id === null) return null;
    return !this.#baseline.has(keyOf(store, key));
  }
}

function keyOf(store: string, key: StatementKey): string {
  return `${store} ${keyText(key)}`;
}
