import type { Domains, PointClass } from './domain.js';
import { valueKey } from './domain.js';
import { likeMatches } from './like.js';
import type { Value } from './point.js';
import type { Predicate, Scalar } from './predicate.js';

/** The truth values of SQL. */
export const F = 0;
export const T = 1;
export const N = 2;
export type Truth = 0 | 1 | 2;

/** One row: for every column the place of its value in its class, -1 for NULL; for every variable its truth value. */
export interface World {
  places: Int32Array;
  variables: Uint8Array;
}

export type Evaluation = (world: World) => Truth;

/** -1 for NULL, otherwise a place; -2 for a literal that no column of the class is compared with. */
type ScalarEvaluation = (world: World) => number;

/** What evaluation needs to know of a vocabulary. */
export interface EvaluationContext extends Domains {
  /** By variable: columns that make it null. */
  nullWhen: number[][];
}

/**
 * Compiles a predicate for many rows. The tables of AND, OR and NOT, comparisons with NULL, IS TRUE, IN, BETWEEN, COALESCE,
 * NULLIF and CASE are those of PostgreSQL 18, "Functions and Operators" (9.1, 9.2, 9.18); a differential test holds them
 * against a server.
 */
export function compile(predicate: Predicate, context: EvaluationContext): Evaluation {
  switch (predicate.type) {
    case 'constant': {
      const value = truthOf(predicate.value);
      return () => value;
    }
    case 'column':
      return compileBooleanColumn(predicate.column, context);
    case 'and':
    case 'or':
      return compileConnective(predicate, context);
    case 'not': {
      const operand = compile(predicate.operand, context);
      return (world) => negate(operand(world));
    }
    case 'test': {
      const operand = compile(predicate.operand, context);
      const expected = truthOf(predicate.is);
      return (world) => (operand(world) === expected ? T : F);
    }
    case 'equivalent': {
      const left = compile(predicate.left, context);
      const right = compile(predicate.right, context);
      return (world) => {
        const [a, b] = [left(world), right(world)];
        return a === N || b === N ? N : a === b ? T : F;
      };
    }
    case 'compare':
      return compileComparison(predicate, context);
    case 'null': {
      const scalar = compileScalar(predicate.scalar, context, classOfScalars([predicate.scalar], context));
      return (world) => (scalar(world) === -1 ? T : F);
    }
    case 'coalesce': {
      const operands = predicate.operands.map((operand) => compile(operand, context));
      return (world) => {
        for (const operand of operands) {
          const value = operand(world);
          if (value !== N) return value;
        }
        return N;
      };
    }
    case 'case': {
      const branches = predicate.branches.map(({ when, then }) => [compile(when, context), compile(then, context)] as const);
      const otherwise = compile(predicate.otherwise, context);
      return (world) => {
        for (const [when, then] of branches) if (when(world) === T) return then(world);
        return otherwise(world);
      };
    }
    case 'like':
      return compileLike(predicate, context);
    case 'opaque':
      return compileVariable(predicate.variable, context);
  }
}

function truthOf(value: boolean | null): Truth {
  return value === null ? N : value ? T : F;
}

function negate(value: Truth): Truth {
  return value === N ? N : value === T ? F : T;
}

function compileConnective(predicate: Extract<Predicate, { type: 'and' | 'or' }>, context: EvaluationContext): Evaluation {
  const operands = predicate.operands.map((operand) => compile(operand, context));
  const decisive = predicate.type === 'and' ? F : T;
  const neutral = predicate.type === 'and' ? T : F;
  return (world) => {
    let result: Truth = neutral;
    for (const operand of operands) {
      const value = operand(world);
      if (value === decisive) return decisive;
      if (value === N) result = N;
    }
    return result;
  };
}

function compileBooleanColumn(column: number, context: EvaluationContext): Evaluation {
  const truths = (context.classOf[column]?.points ?? []).map(({ value }): Truth => (value.kind === 'boolean' && value.boolean ? T : F));
  return (world) => {
    const place = world.places[column] ?? -1;
    return place < 0 ? N : (truths[place] ?? N);
  };
}

function compileVariable(variable: number, context: EvaluationContext): Evaluation {
  const nullWhen = context.nullWhen[variable] ?? [];
  return (world) => {
    for (const column of nullWhen) if ((world.places[column] ?? -1) < 0) return N;
    const value = world.variables[variable];
    return value === T ? T : value === F ? F : N;
  };
}

function compileComparison(predicate: Extract<Predicate, { type: 'compare' }>, context: EvaluationContext): Evaluation {
  const shared = classOfScalars([predicate.left, predicate.right], context);
  const left = compileScalar(predicate.left, context, shared);
  const right = compileScalar(predicate.right, context, shared);
  const equality = predicate.operator === '=';
  return (world) => {
    const a = left(world);
    const b = right(world);
    if (a === -1 || b === -1) return N;
    return (equality ? a === b : a < b) ? T : F;
  };
}

/** All columns below a comparison are in one class; a scalar without any column has no place to compare. */
function classOfScalars(scalars: Scalar[], context: EvaluationContext): PointClass | null {
  for (const scalar of scalars) {
    const column = columnOf(scalar);
    if (column !== null) return context.classOf[column] ?? null;
  }
  return null;
}

function columnOf(scalar: Scalar): number | null {
  switch (scalar.type) {
    case 'column':
      return scalar.column;
    case 'literal':
      return null;
    case 'coalesce':
      return firstColumn(scalar.operands);
    case 'case':
      return firstColumn([...scalar.branches.map(({ then }) => then), scalar.otherwise]);
    case 'nullif':
      return firstColumn([scalar.left, scalar.right]);
  }
}

function firstColumn(scalars: Scalar[]): number | null {
  for (const scalar of scalars) {
    const column = columnOf(scalar);
    if (column !== null) return column;
  }
  return null;
}

function compileScalar(scalar: Scalar, context: EvaluationContext, shared: PointClass | null): ScalarEvaluation {
  switch (scalar.type) {
    case 'column': {
      const { column } = scalar;
      return (world) => world.places[column] ?? -1;
    }
    case 'literal': {
      const place = placeOf(scalar.value, shared);
      return () => place;
    }
    case 'coalesce': {
      const operands = scalar.operands.map((operand) => compileScalar(operand, context, shared));
      return (world) => {
        for (const operand of operands) {
          const place = operand(world);
          if (place !== -1) return place;
        }
        return -1;
      };
    }
    case 'case': {
      const branches = scalar.branches.map(({ when, then }) => [compile(when, context), compileScalar(then, context, shared)] as const);
      const otherwise = compileScalar(scalar.otherwise, context, shared);
      return (world) => {
        for (const [when, then] of branches) if (when(world) === T) return then(world);
        return otherwise(world);
      };
    }
    case 'nullif': {
      const left = compileScalar(scalar.left, context, shared);
      const right = compileScalar(scalar.right, context, shared);
      return (world) => {
        const place = left(world);
        return place !== -1 && place === right(world) ? -1 : place;
      };
    }
  }
}

function placeOf(value: Value | null, shared: PointClass | null): number {
  return value === null ? -1 : (shared?.places.get(valueKey(value)) ?? -2);
}

function compileLike(predicate: Extract<Predicate, { type: 'like' }>, context: EvaluationContext): Evaluation {
  const { column, pattern, variable } = predicate;
  const matches = (context.classOf[column]?.points ?? []).map(({ value }): Truth | null =>
    value.kind === 'text' ? (likeMatches(pattern, value.text) ? T : F) : null,
  );
  return (world) => {
    const place = world.places[column] ?? -1;
    if (place < 0) return N;
    return matches[place] ?? (world.variables[variable] === T ? T : F);
  };
}
