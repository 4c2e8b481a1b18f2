/** The tables of two public sample databases, without what design does not ask for: the rental shop of Pagila and the orders of Northwind. */

export const PAGILA = `
CREATE TYPE public.mpaa_rating AS ENUM ('G', 'PG', 'PG-13', 'R', 'NC-17');
CREATE TABLE public.actor (actor_id serial PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, last_update timestamptz NOT NULL);
CREATE TABLE public.category (category_id serial PRIMARY KEY, name text NOT NULL, last_update timestamptz NOT NULL);
CREATE TABLE public.language (language_id serial PRIMARY KEY, name char(20) NOT NULL, last_update timestamptz NOT NULL);
CREATE TABLE public.film (film_id serial PRIMARY KEY, title text NOT NULL, description text, release_year integer, language_id integer NOT NULL REFERENCES public.language, rental_duration smallint NOT NULL, rental_rate numeric(4,2) NOT NULL, length smallint, replacement_cost numeric(5,2) NOT NULL, rating public.mpaa_rating, last_update timestamptz NOT NULL);
CREATE TABLE public.film_actor (actor_id integer NOT NULL REFERENCES public.actor, film_id integer NOT NULL REFERENCES public.film, last_update timestamptz NOT NULL, PRIMARY KEY (actor_id, film_id));
CREATE TABLE public.film_category (film_id integer NOT NULL, category_id integer NOT NULL, last_update timestamptz NOT NULL, PRIMARY KEY (film_id, category_id));
CREATE TABLE public.country (country_id serial PRIMARY KEY, country text NOT NULL, last_update timestamptz NOT NULL);
CREATE TABLE public.city (city_id serial PRIMARY KEY, city text NOT NULL, country_id integer NOT NULL REFERENCES public.country, last_update timestamptz NOT NULL);
CREATE TABLE public.address (address_id serial PRIMARY KEY, address text NOT NULL, district text NOT NULL, city_id integer NOT NULL REFERENCES public.city, postal_code text, phone text NOT NULL, last_update timestamptz NOT NULL);
CREATE TABLE public.store (store_id serial PRIMARY KEY, manager_staff_id integer NOT NULL, address_id integer NOT NULL, last_update timestamptz NOT NULL);
CREATE TABLE public.staff (staff_id serial PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, address_id integer NOT NULL, email text, store_id integer NOT NULL, active boolean NOT NULL, username text NOT NULL, last_update timestamptz NOT NULL);
CREATE TABLE public.customer (customer_id serial PRIMARY KEY, store_id integer NOT NULL, first_name text NOT NULL, last_name text NOT NULL, email text, address_id integer NOT NULL, activebool boolean NOT NULL, create_date date NOT NULL, last_update timestamptz, active integer);
CREATE TABLE public.inventory (inventory_id serial PRIMARY KEY, film_id integer NOT NULL, store_id integer NOT NULL, last_update timestamptz NOT NULL);
CREATE TABLE public.rental (rental_id serial PRIMARY KEY, rental_date timestamptz NOT NULL, inventory_id integer NOT NULL, customer_id integer NOT NULL, return_date timestamptz, staff_id integer NOT NULL, last_update timestamptz NOT NULL);
CREATE TABLE public.payment (payment_id serial, customer_id integer NOT NULL, staff_id integer NOT NULL, rental_id integer NOT NULL, amount numeric(5,2) NOT NULL, payment_date timestamptz NOT NULL, PRIMARY KEY (payment_date, payment_id)) PARTITION BY RANGE (payment_date);
CREATE TABLE public.payment_p2022_01 PARTITION OF public.payment FOR VALUES FROM ('2022-01-01') TO ('2022-02-01');
`;

export const NORTHWIND = `
CREATE TABLE public.categories (category_id smallint PRIMARY KEY, category_name varchar(15) NOT NULL, description text, picture bytea);
CREATE TABLE public.customer_customer_demo (customer_id varchar(5) NOT NULL, customer_type_id varchar(5) NOT NULL, PRIMARY KEY (customer_id, customer_type_id));
CREATE TABLE public.customer_demographics (customer_type_id varchar(5) PRIMARY KEY, customer_desc text);
CREATE TABLE public.customers (customer_id varchar(5) PRIMARY KEY, company_name varchar(40) NOT NULL, contact_name varchar(30), address varchar(60), city varchar(15), region varchar(15), postal_code varchar(10), country varchar(15), phone varchar(24), fax varchar(24));
CREATE TABLE public.employees (employee_id smallint PRIMARY KEY, last_name varchar(20) NOT NULL, first_name varchar(10) NOT NULL, title varchar(30), birth_date date, hire_date date, reports_to smallint);
CREATE TABLE public.employee_territories (employee_id smallint NOT NULL, territory_id varchar(20) NOT NULL, PRIMARY KEY (employee_id, territory_id));
CREATE TABLE public.order_details (order_id smallint NOT NULL, product_id smallint NOT NULL, unit_price real NOT NULL, quantity smallint NOT NULL, discount real NOT NULL, PRIMARY KEY (order_id, product_id));
CREATE TABLE public.orders (order_id smallint PRIMARY KEY, customer_id varchar(5), employee_id smallint, order_date date, required_date date, shipped_date date, ship_via smallint, freight real, ship_name varchar(40), ship_address varchar(60), ship_city varchar(15), ship_country varchar(15));
CREATE TABLE public.products (product_id smallint PRIMARY KEY, product_name varchar(40) NOT NULL, supplier_id smallint, category_id smallint, quantity_per_unit varchar(20), unit_price real, units_in_stock smallint, units_on_order smallint, reorder_level smallint, discontinued integer NOT NULL);
CREATE TABLE public.region (region_id smallint PRIMARY KEY, region_description varchar(60) NOT NULL);
CREATE TABLE public.shippers (shipper_id smallint PRIMARY KEY, company_name varchar(40) NOT NULL, phone varchar(24));
CREATE TABLE public.suppliers (supplier_id smallint PRIMARY KEY, company_name varchar(40) NOT NULL, phone varchar(24), homepage text);
CREATE TABLE public.territories (territory_id varchar(20) PRIMARY KEY, territory_description varchar(60) NOT NULL, region_id smallint NOT NULL);
CREATE TABLE public.us_states (state_id smallint PRIMARY KEY, state_name varchar(100), state_abbr varchar(2), state_region varchar(50));
`;
