// Git persons for the accounts that commit.
import type { Account } from '../state/account.ts';
import { webFlow } from '../state/account.ts';
import type { World } from '../state/world.ts';
import type { Person } from '../git/object-format.ts';

/** An account as author or committer at a moment (now by default). */
export function personOf(world: World, account: Account, at: Date = world.now()): Person {
  return {
    name: account.name ?? account.login,
    email: account.email,
    seconds: Math.floor(at.getTime() / 1000),
    zone: '+0000',
  };
}

/** The committer of whatever GitHub itself commits. */
export function gitHubPerson(world: World): Person {
  return personOf(world, webFlow);
}
