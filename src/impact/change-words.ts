import type { SchemaChange } from '../model/migration.js';

/** `drops app.case_file.region_code`. */
export function changeInWords(change: SchemaChange): string {
  const { relation } = change;
  switch (change.kind) {
    case 'relation-added':
      return `makes the ${change.relationKind.replaceAll('_', ' ')} ${relation}`;
    case 'relation-dropped':
      return `drops ${relation}${change.cascade ? ' with what depends on it' : ''}`;
    case 'relation-renamed':
      return `renames ${relation} to ${change.to}`;
    case 'view-replaced':
      return `defines ${relation} anew`;
    case 'column-added':
      return `adds ${relation}.${change.column} (${change.type}${change.nullable ? '' : ', not null'})`;
    case 'column-dropped':
      return `drops ${relation}.${change.column}${change.cascade ? ' with what depends on it' : ''}`;
    case 'column-renamed':
      return `renames ${relation}.${change.column} to ${change.to}`;
    case 'column-type':
      return `makes ${relation}.${change.column} ${change.to}, which was ${change.from}`;
    case 'column-default':
      return `sets the default of ${relation}.${change.column} to ${change.to ?? 'none'}, which was ${change.from ?? 'none'}`;
    case 'column-nullable':
      return change.nullable ? `lets ${relation}.${change.column} be NULL` : `makes ${relation}.${change.column} not null`;
    case 'column-generated':
      return change.to === null ? `stops computing ${relation}.${change.column}` : `computes ${relation}.${change.column} as ${change.to}`;
    case 'constraint-added':
      return `adds ${change.constraint.name} to ${relation}`;
    case 'constraint-dropped':
      return `drops ${change.constraint.name} of ${relation}`;
    case 'constraint-validated':
      return `validates ${change.constraint.name} of ${relation}`;
    case 'values-changed':
      return `changes the values of ${relation}.${change.column}: ${[...change.added.map((value) => `+ ${value}`), ...change.removed.map((value) => `− ${value}`), ...change.renamed.map(({ from, to }) => `${from} → ${to}`)].join(', ')}`;
    case 'function-added':
      return `makes the function ${change.name}`;
    case 'function-dropped':
      return `drops the function ${change.name}`;
    case 'function-replaced':
      return `replaces the function ${change.name}`;
    case 'row-security-changed':
      return `switches row security of ${relation} ${change.enabled ? 'on' : 'off'}`;
    case 'policy-added':
    case 'policy-dropped':
    case 'policy-changed':
      return `${change.kind === 'policy-added' ? 'adds' : change.kind === 'policy-dropped' ? 'drops' : 'changes'} the policy ${change.policy.name} of ${relation}`;
    case 'privilege-granted':
      return `grants ${change.privileges.join(', ')} on ${relation} to ${change.grantee}`;
    case 'privilege-revoked':
      return `revokes ${change.privileges.join(', ')} on ${relation} from ${change.grantee}`;
    case 'publication-changed':
      return `changes what ${change.publication} sends of ${relation}`;
    case 'trigger-added':
    case 'trigger-dropped':
      return `${change.kind === 'trigger-added' ? 'adds' : 'drops'} the trigger ${change.name} of ${relation}`;
    case 'rows-changed':
      return `${{ insert: 'inserts rows into', update: 'updates rows of', delete: 'deletes rows of', truncate: 'empties', merge: 'merges rows into' }[change.verb]} ${relation}`;
    case 'harmless':
      return change.what;
  }
}
