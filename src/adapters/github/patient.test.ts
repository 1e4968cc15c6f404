// Patience: what is repeated, how long it waits, and what is never done twice.
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../engine/clock.ts';
import { patientClient } from './patient.ts';

const badGateway = Object.assign(new Error('Bad Gateway'), { status: 502 });
const limited = (seconds: number) =>
  Object.assign(new Error('You have exceeded a secondary rate limit.'), {
    status: 403,
    response: { headers: { 'retry-after': String(seconds) } },
  });

interface Attempted {
  readonly calls: number;
  readonly waitsMs: readonly number[];
  readonly outcome: unknown;
}

/** Fails with these errors one after another, then succeeds. */
async function attempt(what: string, ...errors: readonly Error[]): Promise<Attempted> {
  const waitsMs: number[] = [];
  let calls = 0;
  const answer = (): Promise<{ data: unknown }> => {
    const error = errors[calls];
    calls += 1;
    return error === undefined ? Promise.resolve({ data: 'done' }) : Promise.reject(error);
  };
  const clock: Clock = {
    now: () => '2026-11-20T12:00:00.000Z',
    randomBytes: (count) => new Uint8Array(count).fill(255),
    sha256: (bytes) => bytes,
    sleep: (ms) => Promise.resolve(void waitsMs.push(ms)),
  };
  const client = patientClient({ request: answer, graphql: answer }, clock);
  const call = /^[A-Z]+ /.test(what) ? client.request(what) : client.graphql(what);
  const outcome = await call.catch((error: unknown) => error);
  return { calls, waitsMs, outcome };
}

describe('after an unknown outcome', () => {
  it.each([
    'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
    'POST /repos/{owner}/{repo}/check-runs',
    'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
    'query CoordHead { x }',
  ])('%s is repeated with growing pauses', async (what) => {
    const { calls, waitsMs, outcome } = await attempt(what, badGateway, badGateway);
    expect(calls).toBe(3);
    expect(waitsMs).toEqual([900, 1800]);
    expect(outcome).toEqual({ data: 'done' });
  });

  it.each([
    'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    'POST /repos/{owner}/{repo}/git/refs',
    '\n  mutation CoordCommit { x }',
  ])('%s is not repeated', async (what) => {
    const { calls, outcome } = await attempt(what, badGateway);
    expect([calls, outcome]).toEqual([1, badGateway]);
  });

  it('gives up after four attempts', async () => {
    const { calls, outcome } = await attempt(
      'GET /x',
      ...Array.from({ length: 9 }, () => badGateway),
    );
    expect([calls, outcome]).toEqual([4, badGateway]);
  });
});

describe('at a limit', () => {
  it('waits as long as GitHub asks, also before a write: it did not happen', async () => {
    const { calls, waitsMs } = await attempt('mutation x', limited(7), limited(9));
    expect([calls, waitsMs]).toEqual([3, [7000, 9000]]);
  });

  it('does not wait for an hour', async () => {
    const { calls, waitsMs } = await attempt('GET /x', limited(3000));
    expect([calls, waitsMs]).toEqual([1, []]);
  });
});

it('does not repeat what was refused', async () => {
  const refused = Object.assign(new Error('No'), { status: 422 });
  const { calls, outcome } = await attempt('GET /x', refused);
  expect([calls, outcome]).toEqual([1, refused]);
});
