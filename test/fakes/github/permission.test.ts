// Who may do what: JSON web tokens, installation tokens, GITHUB_TOKEN, people, strangers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppHandle } from './app-handle.ts';
import { at, list, rest, signJwt, textAt } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import type { RepositoryHandle } from './repository-handle.ts';

let fake: FakeGitHub;
let app: AppHandle;
let demo: RepositoryHandle;

beforeAll(async () => {
  fake = await startFakeGitHub();
  demo = await fake.addRepository('octo/demo', {
    isPrivate: true,
    roles: { ada: 'write', tim: 'triage' },
  });
  await fake.addRepository('octo/other', { isPrivate: true });
  await fake.addRepository('else/open');
  await fake.addRepository('else/closed', { isPrivate: true });
  app = await fake.createApp({
    name: 'coord',
    permissions: { issues: 'write', contents: 'read', checks: 'write' },
    events: [],
  });
});
afterAll(() => fake.stop());

async function status(what: string, token?: string, body?: unknown): Promise<number> {
  const ask = {
    ...(token === undefined ? {} : { token }),
    ...(body === undefined ? {} : { body }),
  };
  return (await rest(fake, what, ask)).status;
}

describe('a JSON web token', () => {
  it('opens the endpoints of the App and nothing else', async () => {
    const jwt = signJwt(app);
    const self = await rest(fake, 'GET /app', { token: jwt });
    expect(self.body).toMatchObject({ id: app.id, slug: 'coord', installations_count: 1 });
    const found = await rest(fake, 'GET /repos/octo/demo/installation', { token: jwt });
    expect(found.body).toMatchObject({ id: app.installationId, app_id: app.id });
    expect(await status('GET /repos/else/open/installation', jwt)).toBe(404);
    expect(await status('GET /repos/octo/demo', jwt)).toBe(401);
    expect(await status('GET /app', app.createToken())).toBe(401);
    expect(await status('GET /app')).toBe(401);
  });

  it('is refused with a wrong key, issuer, algorithm or time', async () => {
    const now = Math.floor(Date.now() / 1000);
    const other = await fake.createApp({ name: 'other', permissions: {}, events: [] });
    const answer = async (jwt: string): Promise<string> => {
      const got = await rest(fake, 'GET /app', { token: jwt });
      return `${got.status} ${textAt(got.body, 'message')}`;
    };
    const undecodable = '401 A JSON web token could not be decoded';
    expect(await answer(signJwt({ id: app.id, privateKey: other.privateKey }))).toBe(undecodable);
    expect(await answer(signJwt(app, { iss: '1' }))).toContain('401 Integration');
    expect(await answer(signJwt(app, { exp: now + 660 }))).toContain('too far in the future');
    expect(await answer(signJwt(app, { exp: now - 1 }))).toContain("claim ('exp')");
    expect(await answer(signJwt(app, { iat: now + 60 }))).toContain("claim ('iat')");
    const unsigned = signJwt(app).split('.').slice(1, 2)[0] ?? '';
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await answer(`${none}.${unsigned}.`)).toBe(undecodable);
    expect(await answer(signJwt(app, { iss: app.clientId }))).toContain('200');
  });
});

describe('an installation token', () => {
  const mint = async (body: unknown): Promise<unknown> => {
    const what = `POST /app/installations/${app.installationId}/access_tokens`;
    return (await rest(fake, what, { token: signJwt(app), body })).body;
  };

  it('has the permissions of the installation for an hour, or fewer on request', async () => {
    const whole = await mint({});
    const lifeMs = Date.parse(textAt(whole, 'expires_at')) - Date.now();
    expect(lifeMs).toBeGreaterThan(59 * 60_000);
    expect(lifeMs).toBeLessThanOrEqual(60 * 60_000);
    expect(at(whole, 'permissions')).toEqual({
      metadata: 'read',
      issues: 'write',
      contents: 'read',
      checks: 'write',
    });
    const token = textAt(
      await mint({ permissions: { issues: 'read' }, repositories: ['demo'] }),
      'token',
    );
    expect(await status('GET /repos/octo/demo/issues', token)).toBe(200);
    expect(await status('POST /repos/octo/demo/issues', token, { title: 'x' })).toBe(403);
    expect(await status('GET /repos/octo/demo/git/trees/main', token)).toBe(403);
    expect(await status('GET /repos/octo/other/issues', token)).toBe(404);
  });

  it('cannot be wider than its installation', async () => {
    expect(textAt(await mint({ permissions: { contents: 'write' } }), 'message')).toContain(
      'not granted',
    );
    expect(textAt(await mint({ repositories: ['none'] }), 'message')).toContain('not accessible');
    const elsewhere = await rest(fake, 'POST /app/installations/1/access_tokens', {
      token: signJwt(app),
    });
    expect(elsewhere.status).toBe(404);
  });

  it('reads but does not write public repositories it is not installed on, and sees no private ones', async () => {
    const token = app.createToken();
    expect(await status('GET /repos/else/open', token)).toBe(200);
    expect(await status('POST /repos/else/open/issues', token, { title: 'x' })).toBe(403);
    expect(await status('GET /repos/else/closed', token)).toBe(404);
    const seen = await rest(fake, 'GET /installation/repositories', { token });
    expect(list(at(seen.body, 'repositories')).map((each) => textAt(each, 'full_name'))).toEqual([
      'octo/demo',
      'octo/other',
    ]);
  });

  it('is refused when it is unknown or expired', async () => {
    const token = app.createToken();
    fake.expireToken(token);
    const expired = await rest(fake, 'GET /repos/octo/demo', { token });
    expect([expired.status, textAt(expired.body, 'message')]).toEqual([401, 'Bad credentials']);
    expect(await status('GET /repos/octo/demo', 'ghs_unknown')).toBe(401);
  });

  it('loses what the owner takes back', async () => {
    const narrow = await fake.createApp({
      name: 'narrow',
      permissions: { issues: 'write' },
      events: [],
    });
    narrow.setPermissions({ issues: 'read' });
    expect(await status('POST /repos/octo/demo/issues', narrow.createToken(), { title: 'x' })).toBe(
      403,
    );
  });
});

describe('GITHUB_TOKEN', () => {
  it('reaches one repository with the permissions of the workflow', async () => {
    const token = fake.createActionsToken({
      repository: 'octo/demo',
      permissions: { issues: 'read' },
    });
    expect(await status('GET /repos/octo/demo/issues', token)).toBe(200);
    expect(await status('POST /repos/octo/demo/issues', token, { title: 'x' })).toBe(403);
    expect(await status('GET /repos/octo/other/issues', token)).toBe(404);
    const left = await rest(fake, 'GET /rate_limit', { token });
    expect(at(left.body, 'rate.limit')).toBe(1000);
  });
});

describe('people', () => {
  it('do what their role allows; strangers do not see what is private', async () => {
    const writer = fake.createUserToken('ada');
    const ref = { ref: 'refs/heads/by-ada', sha: await demo.head() };
    expect(await status('POST /repos/octo/demo/git/refs', writer, ref)).toBe(201);
    const triager = fake.createUserToken('tim');
    expect(await status('POST /repos/octo/demo/git/refs', triager, ref)).toBe(403);
    expect(await status('GET /repos/octo/demo', fake.createUserToken('eve'))).toBe(404);
    expect(await status('GET /repos/octo/demo')).toBe(404);
    expect(await status('GET /repos/else/open')).toBe(200);
    expect(await status('POST /repos/else/open/issues', undefined, { title: 'x' })).toBe(401);
  });

  it('are looked up by the collaborator call; bots and unknown logins are not users', async () => {
    const token = app.createToken();
    const permission = async (login: string): Promise<unknown> => {
      const address = `GET /repos/octo/demo/collaborators/${encodeURIComponent(login)}/permission`;
      const { body } = await rest(fake, address, { token });
      return at(body, 'message') ?? [at(body, 'permission'), at(body, 'role_name')];
    };
    fake.addUser('eve');
    demo.setRole('mia', 'maintain');
    expect(await permission('octo')).toEqual(['admin', 'admin']);
    expect(await permission('mia')).toEqual(['write', 'maintain']);
    expect(await permission('ada')).toEqual(['write', 'write']);
    expect(await permission('tim')).toEqual(['read', 'triage']);
    expect(await permission('eve')).toEqual(['none', 'none']);
    expect(await permission('coord[bot]')).toBe('coord[bot] is not a user');
    expect(await permission('Copilot')).toBe('Copilot is not a user');
    demo.setRole('ada', null);
    expect(await permission('ada')).toEqual(['none', 'none']);
  });

  it('read a public repository without any role', async () => {
    const address = 'GET /repos/else/open/collaborators/eve/permission';
    const { body } = await rest(fake, address, { token: app.createToken() });
    expect(body).toMatchObject({ permission: 'read', role_name: 'read' });
  });
});

it('refuses an App whose events its permissions do not allow', async () => {
  const made = fake.createApp({
    name: 'bad',
    permissions: { issues: 'read' },
    events: ['push', 'issues'],
  });
  await expect(made).rejects.toThrow('push');
});

it('ended with nothing that GitHub would have found wrong in form', () => {
  expect(fake.violations).toEqual([]);
});
