-- schema telemetry
CREATE TABLE telemetry.page_view (event_id UUID, user_id UInt64, url String, referrer String, ts DateTime, event_date Date, country String, device Tuple, tags Array(String),
  scores Array(UInt8), properties Map(String, String), duration_ms UInt32, ip IPv4, payload String);
CREATE TABLE telemetry.user_profile (user_id UInt64, email String, name String, plan String, country String, updated_at DateTime);
CREATE TABLE telemetry.purchase (purchase_id UInt64, user_id UInt64, amount Decimal(12, 2), currency String, status String, ts DateTime);
CREATE TABLE telemetry.price_change (sku String, price Decimal(12, 2), changed_at DateTime);
CREATE TABLE telemetry.sale (sale_id UInt64, sku String, quantity UInt32, sold_at DateTime);
CREATE TABLE telemetry.daily_uniques (event_date Date, country String, users AggregateFunction(uniq, UInt64));
