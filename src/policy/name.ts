// What may be a name in a policy.
import { tiers } from '../kernel/rules.ts';

/** Upper and lower case are the same name; it is kept in lower case. */
export const anyCaseName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Whether a text has the form of a name. */
export function isName(text: string): boolean {
  return anyCaseName.test(text);
}

/** Names nobody may have: `all` is everybody, and a tier's name stands for its members. */
export const reservedNames: ReadonlySet<string> = new Set(['all', ...tiers]);
