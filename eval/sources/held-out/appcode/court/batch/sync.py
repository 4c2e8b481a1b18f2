import logging
import sqlite3

log = logging.getLogger(__name__)
BASE = "SELECT id, court, amount FROM court.fee"
STATEMENTS = {
    "mark": "UPDATE court.fee SET synced = true WHERE id = ANY(%(ids)s)",
    "purge": "DELETE FROM court.fee_audit WHERE at < now() - interval '90 days'",
}


class Sync:
    """Select rows from the fee table and update them."""

    def fetch(self, cur, court=None):
        query = BASE
        if court is not None:
            query += " WHERE court = %s"
        log.debug("select with %s", query)
        cur.execute(query, (court,))

    def mark(self, cur, ids):
        cur.execute(STATEMENTS["mark"], {"ids": ids})
