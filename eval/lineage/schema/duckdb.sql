-- schema mart
CREATE SCHEMA mart;
CREATE TABLE mart.sale (sale_id BIGINT, customer_id BIGINT, sku VARCHAR, amount DECIMAL(12, 2), quantity INTEGER, sold_at TIMESTAMP, channel VARCHAR, tags VARCHAR[],
  details STRUCT(gift BOOLEAN, message VARCHAR), payload JSON);
CREATE TABLE mart.customer (customer_id BIGINT, email VARCHAR, full_name VARCHAR, country VARCHAR, born_on DATE, address STRUCT(city VARCHAR, zip VARCHAR), attributes MAP(VARCHAR, VARCHAR));
CREATE TABLE mart.price (sku VARCHAR, price DECIMAL(12, 2), valid_from TIMESTAMP);
CREATE TABLE mart.visit (visit_id BIGINT, customer_id BIGINT, page VARCHAR, seen_at TIMESTAMP, ms_load INTEGER, ms_total INTEGER);
CREATE TABLE mart.quarter (region VARCHAR, q1 DECIMAL(12, 2), q2 DECIMAL(12, 2));
