// Waits where GitHub asks for it and repeats what may be repeated; every wait is bounded.
import type { Clock } from '../../engine/clock.ts';
import { troubleOf } from './client.ts';
import type { GitHubClient } from './client.ts';

const attemptsMax = 4;
const waitSecondsMax = 120;
const pauseMs = 300;

/** Only reads are repeated after an unknown outcome; a write that GitHub limited did not happen. */
function waitMs(error: unknown, isRead: boolean, attempt: number, random: number): number | null {
  const trouble = troubleOf(error);
  if (trouble.kind === 'limited') return Math.min(trouble.waitSeconds, waitSecondsMax) * 1000;
  if (trouble.kind === 'unknown' && isRead) return pauseMs * 2 ** attempt * (0.5 + random);
  return null;
}

async function patiently<Value>(
  clock: Clock,
  isRead: boolean,
  call: () => Promise<Value>,
): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const [random = 0] = clock.randomBytes(1);
      const wait = waitMs(error, isRead, attempt, random / 255);
      if (wait === null || attempt >= attemptsMax) throw error;
      await clock.sleep(wait);
    }
  }
}

/** The client, made patient. Mutations over GraphQL are writes. */
export function patientClient(client: GitHubClient, clock: Clock): GitHubClient {
  return {
    request: (route, parameters) =>
      patiently(clock, route.startsWith('GET '), () => client.request(route, parameters)),
    graphql: (query, variables) =>
      patiently(clock, !query.trimStart().startsWith('mutation'), () =>
        client.graphql(query, variables),
      ),
  };
}
