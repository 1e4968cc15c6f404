// Which operators branch, and which defaults hide in a destructuring assignment.
import type { ts } from 'ts-morph';

export type TypeScript = typeof ts;

/** What the walker asks of an operator, looked up once because the compiler's enum objects are slow to read. */
export interface Operators {
  readonly isBranching: (operator: ts.SyntaxKind) => boolean;
  readonly isAssignment: (operator: ts.SyntaxKind) => boolean;
  readonly kinds: typeof ts.SyntaxKind;
}

export function describeOperators({ SyntaxKind: kinds }: TypeScript): Operators {
  const branching = new Uint8Array(kinds.Count);
  for (const kind of [
    kinds.AmpersandAmpersandToken,
    kinds.BarBarToken,
    kinds.QuestionQuestionToken,
    kinds.AmpersandAmpersandEqualsToken,
    kinds.BarBarEqualsToken,
    kinds.QuestionQuestionEqualsToken,
  ]) {
    branching[kind] = 1;
  }
  const { FirstAssignment, LastAssignment } = kinds;
  return {
    isBranching: (operator) => branching[operator] === 1,
    isAssignment: (operator) => operator >= FirstAssignment && operator <= LastAssignment,
    kinds,
  };
}

/**
 * The defaults of a destructuring target such as `[a = 1]` in `[a = 1] = x`, which the tree shows as plain assignments.
 * It stops at each default: that default's own target is asked about when the walk gets there.
 * Defaults of shorthands, `({ a = 1 } = x)`, have a syntax node of their own and are not counted here.
 */
export function countTargetDefaults(operators: Operators, target: ts.Node): number {
  const { kinds } = operators;
  let count = 0;
  if (target.kind === kinds.ArrayLiteralExpression) {
    for (const element of (target as ts.ArrayLiteralExpression).elements) {
      count += countElementDefaults(operators, element);
    }
  } else if (target.kind === kinds.ObjectLiteralExpression) {
    for (const property of (target as ts.ObjectLiteralExpression).properties) {
      count += countElementDefaults(operators, property);
    }
  }
  return count;
}

function countElementDefaults(operators: Operators, element: ts.Node): number {
  const { kinds } = operators;
  if (element.kind === kinds.PropertyAssignment) {
    return countElementDefaults(operators, (element as ts.PropertyAssignment).initializer);
  }
  if (element.kind === kinds.SpreadElement || element.kind === kinds.SpreadAssignment) {
    return countElementDefaults(operators, (element as ts.SpreadElement).expression);
  }
  if (element.kind !== kinds.BinaryExpression) return countTargetDefaults(operators, element);
  const operator = (element as ts.BinaryExpression).operatorToken.kind;
  // `[a ||= 1] = x` is no JavaScript, but parses; the operator itself is counted by the walk.
  return operators.isAssignment(operator) && !operators.isBranching(operator) ? 1 : 0;
}
