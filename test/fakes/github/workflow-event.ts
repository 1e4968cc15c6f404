// The event payloads a workflow run finds on disk; an Action is tested with them.
import type { MergeGroup } from './change/pull-change.ts';
import { groupSubject } from './change/pull-change.ts';
import { pullSubject } from './change/push-change.ts';
import type { JsonObject } from './state/json.ts';
import type { Repository } from './state/repository.ts';
import { isPull } from './state/thread.ts';
import type { World } from './state/world.ts';

function repositoryOf(world: World, fullName: string): Repository {
  const found = world.repository(fullName);
  if (found === null) throw new Error(`There is no repository ${fullName}.`);
  return found;
}

/** The payload of `pull_request`, sent by the author, with the pull request as it is now. */
export async function pullRequestEvent(
  world: World,
  fullName: string,
  number: number,
  action: 'opened' | 'synchronize' | 'reopened',
): Promise<JsonObject> {
  const thread = repositoryOf(world, fullName).threads.get(number);
  if (thread === undefined || !isPull(thread)) {
    throw new Error(`${fullName} has no pull request ${number}.`);
  }
  const moved = { before: thread.pull.baseSha, after: thread.pull.headSha };
  const extra = action === 'synchronize' ? moved : {};
  const subject = await pullSubject(world, thread, { sender: thread.author, extra });
  return world.announcer.describe('pull_request', action, subject);
}

/** The payload of `merge_group`, sent by the owner. */
export async function mergeGroupEvent(
  world: World,
  fullName: string,
  group: MergeGroup,
): Promise<JsonObject> {
  const repository = repositoryOf(world, fullName);
  const subject = await groupSubject(world, repository, group, repository.owner);
  return world.announcer.describe('merge_group', 'checks_requested', subject);
}
