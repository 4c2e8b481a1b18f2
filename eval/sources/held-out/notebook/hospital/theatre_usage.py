# Databricks notebook source
# MAGIC %md
# MAGIC ## Theatre usage
# MAGIC Select a theatre from the widget.

# COMMAND ----------

dbutils.widgets.text("theatre", "A")
theatre = dbutils.widgets.get("theatre")

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT theatre, sum(minutes) AS minutes
# MAGIC FROM hospital.surgery.slot
# MAGIC WHERE day >= current_date() - 28
# MAGIC GROUP BY theatre

# COMMAND ----------

df = spark.sql(f"""
  SELECT surgeon_id, count(*) AS n
  FROM hospital.surgery.operation
  WHERE theatre = '{theatre}'
  GROUP BY surgeon_id
""")
display(df)
