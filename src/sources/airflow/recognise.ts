/** True where a Python program declares a DAG or tasks of Airflow. */
export function isDag(text: string): boolean {
  if (!/\bairflow\b/.test(text)) return false;
  return /(^|[^\w.])(models\.)?DAG\s*\(|@(\w+\.)?dag\b/.test(text) && /(^|\n)\s*(from|import)\s+airflow\b/.test(text);
}
