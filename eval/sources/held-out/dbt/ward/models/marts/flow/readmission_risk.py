import pandas as pd


def model(dbt, session):
    dbt.config(materialized="table", packages=["scikit-learn"])
    stays = dbt.ref("stg_ehr__admissions")
    beds = dbt.ref('stg_ehr__beds')
    raw = dbt.source("ehr", "ward")
    return stays.df().merge(beds.df(), on="ward_code")
