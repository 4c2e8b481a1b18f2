import type { ColumnDeclaration } from '../../../src/model/personal-column.js';
import { role } from '../../support/estate.js';
import { type JudgedSystem, model, shows } from './system.js';

/** A retailer in Spain with staff in Germany: logical replication of some columns and rows, hashes, masking rules, contracts, COPY. */
const CLIENTE = 'cliente_id bigint, nombre text, correo_electronico text, codigo_postal text, pais text';
const PRODUCTION = `
  CREATE TABLE ventas.clientes (cliente_id bigint PRIMARY KEY, nombre text, apellidos text, correo_electronico text, telefono text, fecha_nacimiento date, codigo_postal text, ciudad text,
    dni text, pais text, acepta_publicidad boolean, creado_en timestamptz);
  CREATE TABLE ventas.pedidos (pedido_id bigint PRIMARY KEY, cliente_id bigint REFERENCES ventas.clientes, importe numeric, estado text, tienda_id int, fecha date);
  CREATE TABLE ventas.productos (producto_id bigint PRIMARY KEY, nombre text, marca text, precio numeric);
  CREATE TABLE ventas.tiendas (tienda_id int PRIMARY KEY, nombre text, ciudad text, codigo_postal text, telefono text);
  CREATE TABLE ventas.plantillas_correo (plantilla_id int PRIMARY KEY, nombre text, asunto text);
  CREATE TABLE personal.mitarbeiter (id bigint PRIMARY KEY, vorname text, nachname text, geburtsdatum date, gehalt numeric, iban text, dienst_email text, abteilung text);
  CREATE VIEW ventas.v_contacto AS SELECT cliente_id, telefono FROM ventas.clientes;
  CREATE VIEW ventas.v_contacto_final AS SELECT cliente_id, right(telefono, 2) AS final FROM ventas.clientes;
  CREATE VIEW ventas.v_contacto_etiquetado AS SELECT cliente_id, telefono FROM ventas.clientes;
  CREATE PUBLICATION almacen_cdc FOR TABLE ventas.clientes (cliente_id, nombre, correo_electronico, codigo_postal, pais) WHERE (pais = 'ES'), ventas.pedidos, ventas.productos, ventas.tiendas;
`;

const WAREHOUSE = `
  CREATE TABLE landing.clientes (${CLIENTE});
  CREATE TABLE landing.pedidos (pedido_id bigint, cliente_id bigint, importe numeric, estado text, tienda_id int, fecha date);
  CREATE TABLE landing.productos (producto_id bigint, nombre text, marca text, precio numeric);
  CREATE TABLE landing.tiendas (tienda_id int, nombre text, ciudad text, codigo_postal text, telefono text);
  CREATE TABLE landing.mitarbeiter (id bigint, vorname text, nachname text, abteilung text);
  CREATE TABLE mart.dim_cliente (cliente_id bigint, correo_hash text, nombre_md5 text, provincia text, codigo_postal text, pais text);
  CREATE TABLE mart.boletin (destinatario text, telefono text);
  CREATE TABLE mart.clientes_vip (cliente_id bigint, nombre text);
  CREATE TABLE mart.ventas_diarias (fecha date, importe numeric);
  CREATE TABLE mart.plantilla (id bigint, angestellter text, abteilung text);
`;

const says = (schema: string, relation: string, column: string, verdict: ColumnDeclaration['verdict'], words: string, by: string): ColumnDeclaration => ({ schema, relation, column, verdict, kind: null, words, by, store: null });
const inWarehouse = (number: number, title: string, sql: string, more: Parameters<typeof shows>[5] = {}) => shows('redash', number, title, 'almacen', sql, more);
const inShop = (number: number, title: string, sql: string, more: Parameters<typeof shows>[5] = {}) => shows('redash', number, title, 'tienda', sql, more);

export const RETAILER: JudgedSystem = {
  stores: [
    {
      name: 'tienda', role: 'operational', ddl: PRODUCTION, roles: [role('maria.lopez')],
      labels: { 'ventas.clientes.telefono': "MASKED WITH FUNCTION anon.partial(telefono, 2, '*****', 2)", 'ventas.v_contacto_etiquetado.telefono': "MASKED WITH FUNCTION anon.partial(telefono, 2, '*****', 2)" },
      ran: {
        etl_nomina: ['COPY (SELECT id, vorname, nachname, abteilung FROM personal.mitarbeiter) TO STDOUT'],
        'maria.lopez': [
          'COPY (SELECT correo_electronico FROM ventas.clientes) TO STDOUT', 'COPY (SELECT pais, count(*) FROM ventas.clientes GROUP BY pais) TO STDOUT',
          "COPY (SELECT encode(sha256(correo_electronico::bytea), 'hex') FROM ventas.clientes) TO STDOUT", 'COPY ventas.productos TO STDOUT',
        ],
        backup: ['COPY ventas.clientes (cliente_id, nombre, correo_electronico) TO STDOUT'],
        tienda_app: ['SELECT * FROM ventas.clientes WHERE cliente_id = $1', 'UPDATE ventas.clientes SET telefono = $1 WHERE cliente_id = $2'],
      },
    },
    { name: 'almacen', role: 'warehouse', ddl: WAREHOUSE },
  ],
  declarations: [
    says('ventas', 'clientes', 'correo_electronico', 'personal', 'classification: confidential', 'data contract clientes'),
    says('mart', 'boletin', 'destinatario', 'harmless', 'classification: public', 'data contract boletin'),
    says('ventas', 'tiendas', 'telefono', 'harmless', 'classification: public', 'data contract tiendas'),
    says('landing', 'pedidos', 'estado', 'harmless', 'classification: public', 'data contract pedidos'),
    says('landing', 'pedidos', 'estado', 'personal', 'meta.contains_pii: true', 'dbt source landing.pedidos'),
  ],
  queries: [
    model('almacen', 'mart', 'dim_cliente', `SELECT cliente_id, encode(hmac(correo_electronico, current_setting('app.clave'), 'sha256'), 'hex') AS correo_hash, md5(nombre) AS nombre_md5,
      left(codigo_postal, 2) AS provincia, codigo_postal, pais FROM landing.clientes`),
    model('almacen', 'mart', 'boletin', "SELECT correo_electronico AS destinatario, 'x' AS telefono FROM landing.clientes"),
    model('almacen', 'mart', 'clientes_vip', 'SELECT c.cliente_id, c.nombre FROM landing.clientes c JOIN landing.pedidos p USING (cliente_id) GROUP BY 1, 2 HAVING sum(p.importe) > 1000'),
    model('almacen', 'mart', 'ventas_diarias', 'SELECT fecha, sum(importe) AS importe FROM landing.pedidos GROUP BY fecha'),
    model('almacen', 'mart', 'plantilla', "SELECT id, vorname || ' ' || nachname AS angestellter, abteilung FROM landing.mitarbeiter"),
    inWarehouse(1, 'Clientes por provincia', 'SELECT provincia, count(*) FROM mart.dim_cliente GROUP BY 1'),
    inWarehouse(2, 'Boletín', 'SELECT destinatario, telefono FROM mart.boletin'),
    inWarehouse(3, 'Clientes VIP', 'SELECT nombre FROM mart.clientes_vip'),
    inWarehouse(4, 'Plantilla', 'SELECT angestellter, abteilung FROM mart.plantilla', { deliveries: [{ kind: 'mail', format: 'xlsx', schedule: 'monthly' }] }),
    inWarehouse(5, 'Por clave', 'SELECT correo_hash, pais FROM mart.dim_cliente'),
    inWarehouse(6, 'Por resumen', 'SELECT nombre_md5 FROM mart.dim_cliente'),
    inWarehouse(7, 'Productos', 'SELECT nombre, marca, precio FROM landing.productos', { isPublic: true }),
    inWarehouse(8, 'Tiendas', 'SELECT nombre, telefono, ciudad, codigo_postal FROM landing.tiendas', { isPublic: true }),
    inWarehouse(9, 'Por código', 'SELECT codigo_postal, count(*) FROM landing.clientes GROUP BY 1'),
    inWarehouse(10, 'Clientes por país', 'SELECT pais, count(DISTINCT correo_electronico) FROM landing.clientes GROUP BY 1'),
    inWarehouse(11, 'Proveedores', "SELECT substring(correo_electronico from '@(.*)$') AS dominio FROM landing.clientes"),
    inWarehouse(12, 'Ventas', 'SELECT fecha, importe FROM mart.ventas_diarias'),
    inShop(13, 'Nóminas', 'SELECT abteilung, avg(gehalt) FROM personal.mitarbeiter GROUP BY 1 HAVING count(*) >= 10'),
    inShop(14, 'Cumpleaños', 'SELECT vorname, geburtsdatum FROM personal.mitarbeiter'),
    inShop(15, 'Cuentas', 'SELECT right(iban, 4) FROM personal.mitarbeiter'),
    inShop(16, 'Llamar', 'SELECT telefono FROM ventas.v_contacto'),
    inShop(17, 'Llamar sin número', "SELECT anon.partial(telefono, 2, '***', 2) FROM ventas.clientes"),
    inShop(18, 'Sin DNI', 'SELECT count(*) FROM ventas.clientes WHERE dni IS NULL'),
    inShop(19, 'Pedidos de España', "SELECT p.estado, count(*) FROM ventas.pedidos p JOIN ventas.clientes c USING (cliente_id) WHERE c.pais = 'ES' GROUP BY 1"),
    inShop(20, 'Asuntos', 'SELECT asunto FROM ventas.plantillas_correo'),
    inShop(21, 'Edades', "SELECT codigo_postal, fecha_nacimiento, count(*) FROM ventas.clientes GROUP BY 1, 2 HAVING count(*) >= 20"),
    inShop(22, 'Cumpleaños por código', 'SELECT codigo_postal, fecha_nacimiento, count(*) FROM ventas.clientes GROUP BY 1, 2'),
  ],
  findings: [
    ['personal-data-shown | redash query 3 Clientes VIP | almacen mart.clientes_vip.nombre', 'raw'],
    ['personal-data-delivered | redash query 4 Plantilla | almacen mart.plantilla.angestellter', 'both names in one, by mail'],
    ['personal-data-weakly-pseudonymised | redash query 6 Por resumen | almacen mart.dim_cliente.nombre_md5', 'md5 of a name'],
    ['personal-data-shown | redash query 14 Cumpleaños | tienda personal.mitarbeiter.vorname', 'raw'],
    ['personal-data-shown | redash query 14 Cumpleaños | tienda personal.mitarbeiter.geburtsdatum', 'a day of birth beside a name'],
    ['personal-data-shown | redash query 16 Llamar | tienda ventas.clientes.telefono', 'through a view, past the rule'],
    ['small-groups-shown | redash query 22 Cumpleaños por código | tienda ventas.clientes', 'no group is left out'],
    ['personal-data-exported | role maria.lopez | tienda ventas.clientes.correo_electronico', 'COPY by a person'],
    ['masking-rule-not-applied | - | tienda ventas.v_contacto', 'the view has no rule of its own'],
    ['personal-data-in-mart | - | almacen mart.clientes_vip.nombre', 'raw'],
    ['personal-data-in-mart | - | almacen mart.plantilla.angestellter', 'raw'],
    ['weak-pseudonym-stored | - | almacen mart.dim_cliente.nombre_md5', 'md5'],
    ['classification-lowered | - | almacen mart.boletin.destinatario', 'confidential where it comes from, two stops before'],
    ['declarations-contradict | - | almacen landing.pedidos.estado', 'public by contract, personal by dbt'],
  ],
  journeys: {
    'tienda ventas.clientes.nombre first_name': [
      '> almacen landing.clientes.nombre raw replication likely', '> almacen mart.dim_cliente.nombre_md5 pseudonymous-weak model likely', '> almacen mart.clientes_vip.nombre raw model likely',
      '= redash query 3 Clientes VIP shown raw', '= redash query 6 Por resumen shown pseudonymous-weak', '= role backup shown raw exported',
    ],
    'tienda ventas.clientes.apellidos last_name': [],
    'tienda ventas.clientes.correo_electronico email': [
      '> almacen landing.clientes.correo_electronico raw replication likely', '> almacen mart.dim_cliente.correo_hash pseudonymous-keyed model likely',
      '= redash query 5 Por clave shown pseudonymous-keyed', '= redash query 10 Clientes por país shown aggregate', '= redash query 11 Proveedores shown partial',
      '= role maria.lopez shown raw exported', '= role maria.lopez shown pseudonymous-weak exported', '= role backup shown raw exported',
    ],
    'tienda ventas.clientes.telefono phone': [
      '> tienda ventas.v_contacto.telefono raw view certain', '> tienda ventas.v_contacto_final.final partial view certain', '> tienda ventas.v_contacto_etiquetado.telefono raw view certain',
      '= redash query 16 Llamar shown raw', '= redash query 17 Llamar sin número shown partial',
    ],
    'tienda ventas.clientes.fecha_nacimiento date_of_birth': [
      '= redash query 21 Edades shown raw', '= redash query 21 Edades grouping raw', '= redash query 22 Cumpleaños por código shown raw', '= redash query 22 Cumpleaños por código grouping raw',
    ],
    'tienda ventas.clientes.codigo_postal postal_code': [
      '> almacen landing.clientes.codigo_postal raw replication likely', '> almacen mart.dim_cliente.codigo_postal raw model likely', '> almacen mart.dim_cliente.provincia partial model likely',
      '= redash query 1 Clientes por provincia shown partial', '= redash query 1 Clientes por provincia grouping partial', '= redash query 9 Por código shown raw', '= redash query 9 Por código grouping raw',
      '= redash query 21 Edades shown raw', '= redash query 21 Edades grouping raw', '= redash query 22 Cumpleaños por código shown raw', '= redash query 22 Cumpleaños por código grouping raw',
    ],
    'tienda ventas.clientes.ciudad city': [],
    'tienda ventas.clientes.dni national_id': ['= redash query 18 Sin DNI condition predicate'],
    'tienda personal.mitarbeiter.vorname first_name': [
      '> almacen landing.mitarbeiter.vorname raw load likely', '> almacen mart.plantilla.angestellter raw model likely', '= redash query 4 Plantilla shown raw exported', '= redash query 14 Cumpleaños shown raw',
    ],
    'tienda personal.mitarbeiter.nachname last_name': ['> almacen landing.mitarbeiter.nachname raw load likely', '> almacen mart.plantilla.angestellter raw model likely', '= redash query 4 Plantilla shown raw exported'],
    'tienda personal.mitarbeiter.geburtsdatum date_of_birth': ['= redash query 14 Cumpleaños shown raw'],
    'tienda personal.mitarbeiter.gehalt salary': ['= redash query 13 Nóminas shown aggregate'],
    'tienda personal.mitarbeiter.iban iban': ['= redash query 15 Cuentas shown partial'],
    'tienda personal.mitarbeiter.dienst_email email': [],
  },
};
