import type { ConstructedCommit } from '../commit.js';

const migration = (sql: string): ConstructedCommit['change'] => (estate) => estate.write('migrations/20261122090000_change.sql', `${sql}\n`);

/** Commits with migrations: who breaks by them is named. */
export const migrated: ConstructedCommit[] = [
  { name: 'migration: a column more', change: migration('ALTER TABLE app.sla_clock ADD COLUMN paused_at timestamptz;'), new: [], fixed: [], exit: 0 },
  {
    name: 'migration: a column less, which a card shows',
    change: migration('ALTER TABLE app.officer RENAME COLUMN unit_code TO team_code;\nALTER TABLE app.officer DROP COLUMN full_name;'),
    new: ['migration-breaks-reader | metabase card 107 Officer workload | app.officer*'], fixed: [], exit: 1,
  },
  {
    name: 'migration: a constraint on which two definitions rest',
    change: migration('ALTER TABLE shop.orders DROP CONSTRAINT orders_cancelled_at_check;'),
    new: ['migration-drops-proof | Cancelled orders | shop.orders*'], fixed: [], exit: 1,
  },
  {
    name: 'migration and repair: the card no longer shows what goes',
    change: (estate) => {
      migration('ALTER TABLE app.officer DROP COLUMN full_name;')(estate);
      estate.card(107, (sql) => sql.replaceAll('o.full_name', 'o.officer_number'));
    },
    new: [], fixed: ['personal-data-shown | metabase card 107 Officer workload | app.officer.full_name'], exit: 0,
  },
];
