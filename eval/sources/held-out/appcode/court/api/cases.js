import { Pool } from 'pg';
import sql from 'sql-template-strings';

const pool = new Pool({ connectionString: process.env['CASES_URL'] ?? 'postgres://api:s3cr3t@cases.court.internal/cases' });

export const messages = { pick: 'Select a case from the list', drop: 'Drop table reservations by phone' };

export async function backlog(court, days = 30) {
  const { rows } = await pool.query(
    `SELECT c.case_no, c.filed_on -- it's "open"
       FROM court.case_file c
      WHERE c.court = $1 AND c.filed_on > now() - interval '${days} days'`,
    [court],
  );
  return rows;
}

export const byClerk = (clerk) => sql`SELECT case_no FROM court.case_file WHERE clerk_id = ${clerk} AND closed_on IS NULL`;

const columns = ['case_no', 'filed_on'].join(', ');
export async function exported() {
  return pool.query('SELECT ' + columns + ' FROM court.case_file WHERE exported_at IS NULL');
}
