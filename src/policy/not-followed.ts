// What a policy may say although nothing follows it yet: accepted, so that it can be written down today.
import { defaultPolicy } from './default.ts';
import type { Policy } from './schema.ts';

const parts: readonly (readonly [string, (policy: Policy) => unknown])[] = [
  ['checks.separate', ({ checks }) => checks.separate],
  ['triggers', ({ triggers }) => triggers],
];

/** Keys that this policy sets to something else than the default, and that nothing follows yet. */
export function notFollowed(policy: Policy): string[] {
  const usual = defaultPolicy();
  return parts
    .filter(([, valueIn]) => JSON.stringify(valueIn(policy)) !== JSON.stringify(valueIn(usual)))
    .map(([key]) => key);
}
