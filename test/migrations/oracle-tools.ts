interface ToolCase {
  tool: string;
  name: string;
  files: { path: string; text: string }[];
}

export const OF_TOOLS: ToolCase[] = [
  {
    tool: 'rails',
    name: 'tables, references, indexes and a change of a table',
    files: [
      {
        path: 'db/migrate/20260301090000_create_inspections.rb',
        text: `class CreateInspections < ActiveRecord::Migration[7.1]
  def change
    create_table :inspections do |t|
      t.references :licence, null: false, foreign_key: { to_table: :licence }, type: :integer
      t.string :outcome, limit: 40, default: 'pending', null: false
      t.text :notes
      t.decimal :fine, precision: 10, scale: 2, default: 0
      t.datetime :inspected_at
      t.jsonb :details, default: {}, null: false
      t.string :tags, array: true, default: []
      t.boolean :repeat, default: false, null: false
      t.timestamps
      t.index [:outcome, :inspected_at], unique: true
      t.check_constraint "fine >= 0", name: "fine_not_negative"
    end
    add_column :licence, :issued_by, :string, limit: 30, comment: "office: which one"
    add_index :licence, :holder, unique: true, where: "valid_until IS NULL"
  end
end
`,
      },
      {
        path: 'db/migrate/20260302090000_change_licence.rb',
        text: `class ChangeLicence < ActiveRecord::Migration[7.1]
  disable_ddl_transaction!

  def up
    safety_assured do
      rename_column :licence, :kind, :category
      change_column :licence, :holder, :string, limit: 200, null: false
    end
    change_column_default :licence, :category, from: nil, to: "trade"
    change_column_null :licence, :valid_until, false, "2099-12-31"
    remove_columns :inspections, :notes, :repeat
    change_table :inspections, bulk: true do |t|
      t.rename :fine, :penalty
      t.integer :severity, limit: 2
      t.remove :details
      t.change_default :outcome, "none"
    end
    execute <<~SQL
      ALTER TABLE licence ADD CONSTRAINT category_known CHECK (category IN ('trade', 'food'));
      UPDATE licence SET category = 'food' WHERE holder = 'it''s';
    SQL
    rename_table :inspections, :visits
    remove_index :licence, column: :holder
  end

  def down
    raise ActiveRecord::IrreversibleMigration
  end
end
`,
      },
    ],
  },
  {
    tool: 'rails',
    name: 'keys, enums and views of scenic',
    files: [
      {
        path: 'db/migrate/20260303090000_add_offices.rb',
        text: `class AddOffices < ActiveRecord::Migration[8.0]
  def change
    create_enum :office_kind, ["head", "branch"]
    create_table :offices, id: :uuid do |t|
      t.enum :kind, enum_type: "office_kind", default: "branch", null: false
      t.belongs_to :parent, type: :uuid, foreign_key: { to_table: :offices }, index: false
      t.date :since, default: -> { "CURRENT_DATE" }
      t.string :title, :subtitle
      t.virtual :label, type: :string, as: "upper(title)", stored: true
    end
  end
end
`,
      },
      {
        path: 'db/migrate/20260304090000_more.rb',
        text: `class More < ActiveRecord::Migration[8.0]
  def change
    add_enum_value :office_kind, "mobile", after: "branch"
    add_reference :licence, :office, type: :uuid, foreign_key: { on_delete: :nullify }
    add_foreign_key :licence, "app.team", column: :id, primary_key: :team_id, validate: false
    remove_foreign_key :licence, "app.team", column: :id
    add_check_constraint :offices, "since > '1900-01-01'"
    add_timestamps :offices, null: true
    create_view :licence_count, sql_definition: "select count(*) as licences from licence"
    drop_table :offices, force: :cascade do |t|
      t.string :unused
    end
    reversible do |dir|
      dir.up { execute "ALTER TABLE licence ADD COLUMN seen boolean" }
      dir.down { execute "ALTER TABLE licence DROP COLUMN seen" }
    end
  end
end
`,
      },
    ],
  },
  {
    tool: 'django',
    name: 'models, fields, constraints',
    files: [
      {
        path: 'shop/permits/migrations/0001_initial.py',
        text: `from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name='Holder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('age', models.PositiveSmallIntegerField(null=True)),
            ],
            options={'db_table': 'holder', 'verbose_name_plural': 'holders'},
        ),
        migrations.CreateModel(
            name='Permit',
            fields=[
                ('code', models.CharField(max_length=12, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('O', 'open'), ('C', 'closed')], default='O', max_length=1)),
                ('fee', models.DecimalField(decimal_places=2, max_digits=9)),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='permits', to='permits.holder')),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('details', models.JSONField(default=dict)),
            ],
            options={'unique_together': {('holder', 'status')}},
        ),
    ]
`,
      },
      {
        path: 'shop/permits/migrations/0002_more.py',
        text: `from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [('permits', '0001_initial')]
    operations = [
        migrations.AddField(model_name='permit', name='parent', field=models.ForeignKey(null=True, on_delete=models.SET_NULL, to='permits.Permit')),
        migrations.AlterField(model_name='holder', name='name', field=models.TextField(null=True)),
        migrations.AlterField(
            model_name='permit',
            name='fee',
            field=models.DecimalField(decimal_places=2, max_digits=12),
        ),
        migrations.RenameField(model_name='permit', old_name='holder', new_name='owner'),
        migrations.RemoveField(model_name='permit', name='details'),
        migrations.AddConstraint(model_name='permit', constraint=models.CheckConstraint(check=models.Q(('status__in', ['O', 'C', 'X'])), name='status_known')),
        migrations.AddConstraint(model_name='holder', constraint=models.UniqueConstraint(fields=['name'], condition=Q(age__isnull=False) & Q(age__gte=18), name='one_adult')),
        migrations.AddConstraint(model_name='permit', constraint=models.UniqueConstraint(fields=('made_at', 'owner'), name='one_at_a_time')),
        migrations.RemoveConstraint(model_name='permit', name='one_at_a_time'),
        migrations.AlterUniqueTogether(name='permit', unique_together=set()),
        migrations.AddIndex(model_name='permit', index=models.Index(fields=['-made_at'], name='permit_made_idx')),
        migrations.RenameModel(old_name='Permit', new_name='License'),
        migrations.RunSQL(sql="ALTER TABLE holder ADD COLUMN checked boolean; UPDATE holder SET checked = true", reverse_sql="ALTER TABLE holder DROP COLUMN checked"),
        migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop),
        migrations.AlterModelTable(name='holder', table='permit_holder'),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL('''ALTER TABLE "permit_holder" ADD COLUMN note text''')],
            state_operations=[migrations.AddField('holder', 'note', models.TextField(null=True))],
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[('id', models.AutoField(primary_key=True)), ('by', models.ManyToManyField(to='permits.Holder'))],
        ),
    ]
`,
      },
    ],
  },
  {
    tool: 'liquibase',
    name: 'an XML changelog',
    files: [{
      path: 'changelog/db.changelog-1.xml',
      text: `<?xml version="1.0" encoding="UTF-8"?>
<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">
  <changeSet id="1" author="ada">
    <createTable tableName="inspector" schemaName="app">
      <column name="inspector_id" type="BIGINT" autoIncrement="true"><constraints primaryKey="true" primaryKeyName="pk_inspector" nullable="false"/></column>
      <column name="name" type="VARCHAR(80)"><constraints nullable="false" unique="true" uniqueConstraintName="uq_inspector_name"/></column>
      <column name="hired_at" type="DATETIME" defaultValueComputed="CURRENT_TIMESTAMP"/>
      <column name="active" type="BOOLEAN" defaultValueBoolean="true"/>
    </createTable>
    <addColumn tableName="licence"><column name="inspector_id" type="bigint"/></addColumn>
    <addForeignKeyConstraint baseTableName="licence" baseColumnNames="inspector_id" constraintName="fk_licence_inspector" referencedTableSchemaName="app" referencedTableName="inspector" referencedColumnNames="inspector_id" onDelete="SET NULL"/>
    <rollback><dropTable tableName="inspector" schemaName="app"/></rollback>
  </changeSet>
  <changeSet id="2" author="ada" dbms="oracle"><sql>drop table licence</sql></changeSet>
  <changeSet id="3" author="ada">
    <renameColumn tableName="licence" oldColumnName="kind" newColumnName="category" columnDataType="text"/>
    <modifyDataType tableName="licence" columnName="holder" newDataType="varchar(200)"/>
    <addNotNullConstraint tableName="licence" columnName="holder" columnDataType="varchar(200)"/>
    <dropNotNullConstraint tableName="licence" columnName="category"/>
    <addDefaultValue tableName="licence" columnName="category" defaultValue="trade"/>
    <addUniqueConstraint tableName="licence" columnNames="holder, category" constraintName="one_each"/>
    <createIndex tableName="licence" indexName="licence_until" unique="false"><column name="valid_until"/></createIndex>
    <dropForeignKeyConstraint baseTableName="licence" constraintName="fk_licence_inspector"/>
    <dropColumn tableName="licence" columnName="inspector_id"/>
    <sql splitStatements="true">alter table licence add column a integer; alter table licence add column b text default 'x &amp; y';</sql>
    <createView viewName="licence_names" replaceIfExists="true">select holder from licence</createView>
    <renameTable oldTableName="licence" newTableName="permit"/>
  </changeSet>
</databaseChangeLog>
`,
    }],
  },
  {
    tool: 'liquibase',
    name: 'a YAML changelog',
    files: [{
      path: 'changelog/db.changelog.yaml',
      text: `databaseChangeLog:
  - changeSet:
      id: 1
      author: ada
      changes:
        - createTable:
            tableName: fee
            columns:
              - column: { name: fee_id, type: int, autoIncrement: true, constraints: { primaryKey: true, nullable: false } }
              - column:
                  name: amount
                  type: number(12,2)
                  defaultValueNumeric: 0
        - addColumn:
            tableName: licence
            columns:
              - column: { name: fee_id, type: int }
        - addLookupTable: { existingTableName: licence, existingColumnName: kind, newTableName: licence_kind, newColumnName: kind, constraintName: fk_licence_kind }
        - sql: { sql: "alter table fee add column paid boolean default false" }
        - dropDefaultValue: { tableName: fee, columnName: amount }
`,
    }],
  },
  {
    tool: 'liquibase',
    name: 'a changelog of formatted SQL',
    files: [{
      path: 'changelog/changes.sql',
      text: `--liquibase formatted sql

--changeset ada:1
alter table licence add column note text;
--rollback alter table licence drop column note;

--changeset ada:2 splitStatements:false
create function app.touch() returns trigger language plpgsql as $$ begin new.note := 'seen; twice'; return new; end $$;

--changeset ada:3 dbms:mysql
drop table licence;
`,
    }],
  },
  {
    tool: 'flyway',
    name: 'versions in the order of their numbers, and what repeats at the end',
    files: [
      { path: 'sql/R__views.sql', text: 'create or replace view all_licences as select id, owner from licence;' },
      { path: 'sql/V10__rename.sql', text: 'alter table licence rename column proprietor to owner;' },
      { path: 'sql/V2.1__rename.sql', text: 'alter table licence rename column holder to proprietor;' },
      { path: 'sql/U10__rename.sql', text: 'alter table licence rename column owner to proprietor;' },
    ],
  },
  {
    tool: 'alembic',
    name: 'operations, also in a batch, in the order of the revisions',
    files: [
      {
        path: 'alembic/versions/aaa_second.py',
        text: `from alembic import op
import sqlalchemy as sa

revision = 'aaa'
down_revision = 'bbb'


def upgrade() -> None:
    with op.batch_alter_table('fine') as batch_op:
        batch_op.alter_column('amount', existing_type=sa.Numeric(10, 2), type_=sa.Numeric(12, 2), nullable=False)
        batch_op.drop_column('note')
        batch_op.create_index('ix_fine_reason', ['reason'])
    op.alter_column('fine', 'reason', new_column_name='grounds', server_default=None)
    op.create_unique_constraint('one_fine', 'fine', ['licence_id', 'grounds'])
    op.execute("UPDATE fine SET grounds = 'paid'")
    op.rename_table('fine', 'penalty')


def downgrade() -> None:
    op.drop_table('penalty')
`,
      },
      {
        path: 'alembic/versions/bbb_first.py',
        text: `from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision: str = 'bbb'
down_revision = None


def upgrade():
    op.create_table(
        'fine',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('licence_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.Enum('due', 'paid', name='fine_state'), server_default='due', nullable=False),
        sa.Column('amount', sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column('reason', sa.String(length=80), server_default=sa.text("'none'")),
        sa.Column('note', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(['licence_id'], ['licence.id'], ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_fine')),
        sa.CheckConstraint('amount > 0', name='amount_positive'),
    )
    op.create_index(op.f('ix_fine_made_at'), 'fine', ['made_at'], unique=False)
    op.create_foreign_key('fk_fine_team', 'fine', 'team', ['licence_id'], ['team_id'], referent_schema='app')
    op.drop_constraint('fk_fine_team', 'fine', type_='foreignkey')
`,
      },
    ],
  },
  {
    tool: 'dbmate',
    name: 'what is done and not what is undone',
    files: [{ path: 'db/migrations/20260305_note.sql', text: '-- migrate:up\nalter table licence add column note text;\n\n-- migrate:down\nalter table licence drop column note;\n' }],
  },
  {
    tool: 'goose',
    name: 'statements that are one whatever semicolons they have',
    files: [{
      path: 'migrations/00003_note.sql',
      text: `-- +goose Up
alter table licence add column note text;
-- +goose StatementBegin
create function app.quiet() returns void language plpgsql as 'begin perform 1; end;';
-- +goose StatementEnd
create index licence_note on licence (note);
-- +goose Down
drop table licence;
`,
    }],
  },
  {
    tool: 'prisma',
    name: 'plain SQL in a folder for each',
    files: [{ path: 'prisma/migrations/20260306101500_note/migration.sql', text: '-- AlterTable\nALTER TABLE "licence" ADD COLUMN     "note" TEXT,\nADD COLUMN     "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;\n' }],
  },
];
