"""Nightly extract of card payments.

Select the accounts from the ledger, then update the mart.
"""
from __future__ import annotations

import pendulum
from airflow.decorators import dag, task
from airflow.providers.common.sql.operators.sql import SQLColumnCheckOperator, SQLExecuteQueryOperator, SQLTableCheckOperator
from airflow.providers.google.cloud.transfers.postgres_to_gcs import PostgresToGCSOperator
from airflow.providers.postgres.hooks.postgres import PostgresHook

TABLES = ["payment", "refund"]
SCHEMA = "ledger"


@dag(
    dag_id="card_extract",
    schedule="15 2 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Europe/Zurich"),
    default_args={"owner": "cards-data", "email": ["cards@bank.example"], "retries": 2},
    params={"days": 3},
    tags=["cards"],
)
def card_extract():
    extract = [
        PostgresToGCSOperator(
            task_id=f"extract_{table}",
            postgres_conn_id="cards_oltp",
            sql=f"SELECT * FROM {SCHEMA}.{table} WHERE booked_on = '{{{{ ds }}}}'",
            bucket="bank-raw",
            filename=f"{table}/{{{{ ds }}}}.json",
        )
        for table in TABLES
    ]

    load = SQLExecuteQueryOperator(
        task_id="load_mart",
        conn_id="dwh",
        sql=[
            "DELETE FROM mart.card_day WHERE day >= DATE '{{ ds }}' - {{ params.days }}",
            "sql/load_card_day.sql",
        ],
    )

    check = SQLTableCheckOperator(
        task_id="check_mart",
        conn_id="dwh",
        table="mart.card_day",
        checks={
            "has_rows": {"check_statement": "COUNT(*) > 0"},
            "no_negative": {"check_statement": "MIN(amount) >= 0"},
        },
    )

    @task
    def reconcile(ds: str | None = None) -> int:
        hook = PostgresHook(postgres_conn_id="cards_oltp")
        open_rows = hook.get_first(
            "SELECT count(*) "
            "FROM ledger.payment "
            "WHERE state = 'open' AND booked_on = %s",
            parameters=(ds,),
        )
        return open_rows[0]

    extract >> load >> check >> reconcile()


card_extract()
