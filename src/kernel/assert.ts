// Assertions mark bugs of ours: a broken assumption stops the program instead of spreading.

/** Throws when an assumption of the code does not hold; the message names the assumption. */
export function assert(condition: unknown, assumption: string): asserts condition {
  if (condition === false || condition === null || condition === undefined) {
    throw new Error(`Broken assumption: ${assumption}. This is a bug in coord, please report it.`);
  }
}

/** Returns a value that cannot be missing here, or stops the program. */
export function present<Value>(value: Value | null | undefined, assumption: string): Value {
  assert(value !== null && value !== undefined, assumption);
  return value;
}
