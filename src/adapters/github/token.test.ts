// Whose a token is and whether it may write, by what GitHub says to it.
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holderOf, tokenClient } from './token.ts';

const api = 'https://api.github.com';

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
  nock.enableNetConnect();
});

function ask() {
  return holderOf(tokenClient('ghp_x', api), { owner: 'octo', repo: 'demo' });
}

const as = { reqheaders: { authorization: 'token ghp_x' } };
const user = (status: number, body: object): void =>
  void nock(api, as).get('/user').reply(status, body);
const write = (status: number, body: object, headers: Record<string, string> = {}): void =>
  void nock(api, as).post('/repos/octo/demo/git/blobs').reply(status, body, headers);
const ada = { login: 'ada', id: 7, type: 'User' };

it('is of the user whom GitHub names, when it may write', async () => {
  user(200, ada);
  write(201, { sha: 'a' });
  expect(await ask()).toEqual({ ok: true, account: ada });
});

it('of an installation is of its bot', async () => {
  user(403, { message: 'Resource not accessible by integration' });
  const viewer = { login: 'codex-bot[bot]', databaseId: 9 };
  nock(api).post('/graphql').reply(200, { data: { viewer } });
  write(201, { sha: 'a' });
  const account = { login: 'codex-bot[bot]', id: 9, type: 'Bot' };
  expect(await ask()).toEqual({ ok: true, account });
});

describe('does not count', () => {
  it.each([
    ['when GitHub does not know it', 401, { message: 'Bad credentials' }, { why: 'invalid' }],
    ['when GitHub fails', 500, { message: 'Server Error' }, { why: 'unknown' }],
    ['when it is limited', 429, { message: 'Too many' }, { why: 'limited', waitSeconds: 60 }],
  ])('%s', async (_name, status, body, expected) => {
    user(status, body);
    expect(await ask()).toEqual({ ok: false, ...expected });
  });

  it.each([
    ['when it may only read', 403, 'Resource not accessible by personal access token', 'no-write'],
    ['when the repository is not shown to it', 404, 'Not Found', 'no-write'],
    ['when GitHub fails at the proof', 502, 'Bad Gateway', 'unknown'],
  ])('%s', async (_name, status, message, why) => {
    user(200, ada);
    write(status, { message });
    expect(await ask()).toEqual({ ok: false, why });
  });
});
