from datetime import datetime, timedelta
import os

from airflow import DAG
from airflow.operators.python import PythonOperator
from airflow.providers.postgres.operators.postgres import PostgresOperator
from airflow.sensors.sql import SqlSensor
import psycopg2

default_args = dict(owner="risk", postgres_conn_id="risk_db")


def breach_report(**context):
    conn = psycopg2.connect(host="risk-replica.bank.internal", dbname="risk", user="report", password="s3cr3t")
    with conn.cursor() as cur:
        cur.execute("""
            select l.client_id, l.limit_amount, e.exposure
            from risk.credit_limit l
            join risk.exposure e using (client_id)
            where e.exposure > l.limit_amount
        """)
        rows = cur.fetchall()
        cur.execute("refresh materialized view risk.breach")
        cur.execute(build_statement(context))


with DAG("limits", default_args=default_args, schedule_interval=timedelta(hours=1), start_date=datetime(2025, 1, 1), catchup=False) as dag:
    wait = SqlSensor(task_id="wait_for_close", conn_id="risk_db", sql="SELECT 1 FROM risk.closing WHERE day = '{{ ds }}'")
    recompute = PostgresOperator(
        task_id="recompute",
        sql="CALL risk.recompute({{ dag_run.conf.get('scenario', 1) }})",
    )
    archive = PostgresOperator(task_id="archive", postgres_conn_id="risk_archive", sql="archive/missing.sql")
    report = PythonOperator(task_id="report", python_callable=breach_report)
    wait >> recompute >> [archive, report]
