// Judges a pull request with a token that can only read: the job itself is the gate.
import type { GitHubClient, RepositoryName } from '../../adapters/github/client.ts';
import { keptLog } from '../../adapters/github/log-keeper.ts';
import { patientClient } from '../../adapters/github/patient.ts';
import { branchPolicy, usable } from '../../adapters/github/policy.ts';
import { pullContents, readPull } from '../../adapters/github/pull-request.ts';
import { readToken } from '../../adapters/system/capability-token.ts';
import { verifySignature } from '../../adapters/system/signature.ts';
import type { Clock } from '../../engine/clock.ts';
import { routeEvents } from '../../engine/fold.ts';
import { judgePull } from '../../engine/judge.ts';
import { judging, projectionOf } from '../../engine/project.ts';
import { evolutionsOf } from '../../engine/registry-port.ts';
import { recordFinder } from '../../engine/vouch.ts';
import type { GateVerdict } from '../../kernel/check.ts';
import { checks, registry } from '../../registry.ts';

export interface CheckCall {
  readonly client: GitHubClient;
  readonly repository: RepositoryName;
  readonly clock: Clock;
  readonly pullRequest: number;
  readonly appSlug: string | null;
}

/** The verdict on a pull request. Fault when GitHub does not answer. */
export async function checkPullRequest(call: CheckCall): Promise<GateVerdict> {
  const { repository, clock, appSlug } = call;
  const client = patientClient(call.client, clock);
  const pull = await readPull(client, repository, call.pullRequest);
  const base = branchPolicy(client, repository, pull.baseBranch);
  base.catch(() => undefined);
  const place = { client, repository, appSlug };
  const store = keptLog(place, async () => usable(await base).policy);
  const projection = projectionOf(store, routeEvents(evolutionsOf(registry)), clock, judging);
  const { verdict } = await judgePull(
    pull,
    {
      base,
      fold: projection.load(),
      contents: pullContents(client, repository, pull),
      find: recordFinder(store),
      verify: verifySignature,
      readToken,
      ...{ registry, clock },
    },
    checks,
  );
  return verdict;
}
