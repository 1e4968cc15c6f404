// Waits where GitHub asks for it and repeats what may be repeated; every wait is bounded.
import type { Clock } from '../../engine/clock.ts';
import { troubleOf } from './client.ts';
import type { GitHubClient } from './client.ts';

const attemptsMax = 4;
const waitSecondsMax = 120;
const pauseMs = 300;

/**
 * Writes that come to the same when they happen twice: a second run of a name stands for the first, a reaction is
 * there once, and objects are named by their content.
 */
const harmlessTwice =
  /^(?:GET|PATCH) |^POST .*\/(?:check-runs|reactions|git\/(?:blobs|trees|commits))$/;

/** A call whose outcome is unknown is repeated where that is harmless; one that GitHub limited did not happen. */
function waitMs(error: unknown, mayRepeat: boolean, attempt: number, random: number) {
  const trouble = troubleOf(error);
  if (trouble.kind === 'limited') {
    return trouble.waitSeconds > waitSecondsMax ? null : trouble.waitSeconds * 1000;
  }
  return trouble.kind === 'unknown' && mayRepeat ? pauseMs * 2 ** attempt * (0.5 + random) : null;
}

async function patiently<Value>(
  clock: Clock,
  mayRepeat: boolean,
  call: () => Promise<Value>,
): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const [random = 0] = clock.randomBytes(1);
      const wait = waitMs(error, mayRepeat, attempt, random / 255);
      if (wait === null || attempt >= attemptsMax) throw error;
      await clock.sleep(wait);
    }
  }
}

/**
 * The client, made patient: up to four attempts, waits of at most two minutes. Mutations over GraphQL are never
 * repeated after an unknown outcome; who sent them has to look whether they happened.
 */
export function patientClient(client: GitHubClient, clock: Clock): GitHubClient {
  return {
    request: (route, parameters) =>
      patiently(clock, harmlessTwice.test(route), () => client.request(route, parameters)),
    graphql: (query, variables) =>
      patiently(clock, !query.trimStart().startsWith('mutation'), () =>
        client.graphql(query, variables),
      ),
  };
}
