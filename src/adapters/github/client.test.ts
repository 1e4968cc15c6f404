// What an answer of GitHub means to a caller, on the real client over HTTP.
import { Octokit } from '@octokit/rest';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { githubFault, troubleOf } from './client.ts';
import type { Trouble } from './client.ts';

const api = 'https://api.github.com';

beforeEach(() => {
  nock.disableNetConnect();
});

afterEach(() => {
  expect(nock.isDone()).toBe(true);
  nock.cleanAll();
  nock.enableNetConnect();
});

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** What the client throws for an answer to a REST call, told apart. */
async function restTrouble(
  status: number,
  message: string,
  headers: Record<string, string> = {},
): Promise<Trouble> {
  nock(api).get('/user').reply(status, { message }, headers);
  const thrown: unknown = await new Octokit({ log: silent })
    .request('GET /user')
    .catch((error: unknown) => error);
  return troubleOf(thrown);
}

async function graphqlTrouble(
  errors: readonly object[],
  headers: Record<string, string> = {},
): Promise<Trouble> {
  nock(api).post('/graphql').reply(200, { data: null, errors }, headers);
  const thrown: unknown = await new Octokit({ log: silent })
    .graphql('query { viewer { login } }')
    .catch((error: unknown) => error);
  return troubleOf(thrown);
}

describe('trouble over REST', () => {
  it.each([
    [404, 'Not Found', { kind: 'missing' }],
    [422, 'Update is not a fast forward', { kind: 'stale' }],
    [409, 'Reference update failed', { kind: 'stale' }],
    [422, 'Reference does not exist', { kind: 'stale' }],
    [422, 'Tree SHA does not exist', { kind: 'refused', status: 422 }],
    [403, 'Resource not accessible by integration', { kind: 'refused', status: 403 }],
    [401, 'Bad credentials', { kind: 'refused', status: 401 }],
    [500, 'Server Error', { kind: 'unknown' }],
    [502, 'Bad Gateway', { kind: 'unknown' }],
    [429, 'Too many', { kind: 'limited', waitSeconds: 60 }],
    [403, 'You have exceeded a secondary rate limit.', { kind: 'limited', waitSeconds: 60 }],
  ])('%i %s', async (status, message, expected) => {
    expect(await restTrouble(status, message)).toMatchObject(expected);
  });

  it('waits as long as GitHub asks', async () => {
    const headers = { 'retry-after': '7' };
    expect(await restTrouble(403, 'You have exceeded a secondary rate limit.', headers)).toEqual({
      ...{ kind: 'limited', waitSeconds: 7 },
    });
  });

  it('waits until the hourly budget is refilled, by the clock of GitHub', async () => {
    const headers = {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Date.parse('2026-11-20T12:10:00Z') / 1000),
      date: 'Fri, 20 Nov 2026 12:00:00 GMT',
    };
    expect(
      await restTrouble(403, 'API rate limit exceeded for installation ID 1.', headers),
    ).toEqual({
      ...{ kind: 'limited', waitSeconds: 601 },
    });
  });

  it('does not know what a broken connection means', async () => {
    nock(api).get('/user').replyWithError('socket hang up');
    const thrown: unknown = await new Octokit({ log: silent })
      .request('GET /user')
      .catch((error: unknown) => error);
    expect(troubleOf(thrown).kind).toBe('unknown');
  });
});

describe('trouble over GraphQL', () => {
  it('is stale when the branch moved, by type or by sentence', async () => {
    const message = 'Expected branch to point to "1" but it did not.  Pull and try again.';
    expect(await graphqlTrouble([{ type: 'STALE_DATA', message: 'x' }])).toEqual({ kind: 'stale' });
    expect(await graphqlTrouble([{ message }])).toEqual({ kind: 'stale' });
  });

  it.each([
    [{ type: 'NOT_FOUND', message: 'Could not resolve.' }, { kind: 'missing' }],
    [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded.' }, { kind: 'limited' }],
    [
      { type: 'FORBIDDEN', message: 'Resource not accessible.' },
      { kind: 'refused', status: null },
    ],
  ])('%j', async (error, expected) => {
    expect(await graphqlTrouble([error])).toMatchObject(expected);
  });
});

describe('the fault for a call that failed', () => {
  it('says what GitHub could not do, why, and what is next', () => {
    const fault = githubFault(
      'read the log',
      Object.assign(new Error('Bad Gateway'), { status: 502 }),
    );
    expect(fault.code).toBe('github-unreachable');
    expect(fault.message).toBe(
      'GitHub could not read the log: Bad Gateway. Try again; the log of the app tells more.',
    );
    expect(githubFault('read the log', Object.assign(new Error('x'), { status: 404 })).code).toBe(
      'github-refused',
    );
    expect(githubFault('again', fault)).toBe(fault);
  });
});
