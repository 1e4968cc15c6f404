// `POST /coord/v1/commands` of the real App, from outside: who is obeyed, what is refused, what is done once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/log/id.ts';
import { startSendingScene, workflow } from '../sending-scene.ts';
import type { SendingScene } from '../sending-scene.ts';
import { requestSecret } from '../workflow-issuer.ts';

let scene: SendingScene;

beforeAll(async () => {
  scene = await startSendingScene();
}, 120_000);

afterAll(async () => {
  expect(scene.fake.violations).toEqual([]);
  await scene.stop();
});

/** A command as it goes over the wire. */
let log = '';
function command(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const id = uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  const input = { scope: [`@${id}`] };
  const hlc = `${new Date().toISOString()}/0000`;
  return { id, log, op: 'lock.acquire', actor: 'codex', hlc, input, ...changes };
}

async function post(token: string | null, body: unknown, from?: string) {
  const response = await fetch(`${scene.url}/coord/v1/commands`, {
    method: 'POST',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(from === undefined ? {} : { 'x-forwarded-for': from }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    body: JSON.parse(text.startsWith('{') ? text : '{}') as Answered,
  };
}

interface Answered {
  readonly answers?: readonly Record<string, unknown>[];
  readonly error?: { readonly code: string };
}

function sent(...commands: readonly Record<string, unknown>[]) {
  return { repository: 'octo/demo', commands };
}

describe('over the wire', () => {
  beforeAll(async () => {
    await scene.git('fetch', '-q', 'origin', 'coord');
    const [line = ''] = (await scene.git('show', 'FETCH_HEAD:batch.ndjson')).split('\n');
    log = (JSON.parse(line) as { log: string }).log;
    const join = command({ op: 'agent.join', input: { name: 'codex' } });
    expect((await post(scene.tokens.bot, sent(join))).body.answers?.[0]).toMatchObject({
      ok: true,
    });
  });

  it('a command sent twice is done once, and answered the same', async () => {
    const body = sent(command());
    const [first, second] = await Promise.all([
      post(scene.tokens.ada, body),
      post(scene.tokens.ada, body),
    ]);
    const third = await post(scene.tokens.ada, body);
    expect(first.body.answers?.[0]).toMatchObject({ ok: true, confirmed: true, duplicate: false });
    expect([second.body, third.body]).toEqual([first.body, first.body]);
    // From another token it is the same command all the same, and nothing is added.
    const again = await post(scene.tokens.bot, body);
    expect(again.body.answers?.[0]).toMatchObject({
      ok: true,
      duplicate: true,
      seq: first.body.answers?.[0]?.['seq'],
    });
  });

  it("an agent's own token speaks for the agent, vouched by GitHub, and for nobody else", async () => {
    const own = await post(scene.tokens.bot, sent(command()));
    expect(own.body.answers?.[0]).toMatchObject({ ok: true, by: 'github' });
    const other = await post(scene.tokens.bot, sent(command({ actor: 'opus' })));
    expect(other.body.answers?.[0]).toMatchObject({ ok: false, code: 'not-yourself' });
    // What GitHub vouches for needs no signature; a wrong one must not get onto the log.
    const signed = await post(scene.tokens.bot, sent(command({ sig: 'AAAA' })));
    expect(signed.body.answers?.[0]).toMatchObject({ ok: true });
    const head = (await scene.demo.head('coord')) ?? '';
    expect(await scene.demo.read(head, 'batch.ndjson')).not.toContain('AAAA');
    const forged = await post(scene.tokens.ada, sent(command({ sig: 'AAAA' })));
    expect(forged.body.answers?.[0]).toMatchObject({ ok: false, code: 'signature-invalid' });
    const person = await post(
      scene.tokens.ada,
      sent(command({ actor: 'eve' }), command({ actor: 'gh:bob' })),
    );
    expect(person.body.answers?.map(({ code }) => code)).toEqual(['not-yourself', 'not-yourself']);
  });

  it.each([
    ['no token', () => null, 401, 'token-missing'],
    ['a token that GitHub does not know', () => `ghp_${'x'.repeat(36)}`, 401, 'token-invalid'],
    ['what is no token', () => 'secret', 401, 'token-invalid'],
    ["a reader's token", () => scene.tokens.bob, 403, 'token-too-weak'],
    ['a token that may only read', () => scene.tokens.weak, 403, 'token-too-weak'],
  ])('%s is not obeyed', async (_name, token, status, code) => {
    const before = await scene.demo.head('coord');
    const answer = await post(token(), sent(command()));
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
    expect(await scene.demo.head('coord')).toBe(before);
  });

  it.each([
    ['a side branch', { workflow_ref: `octo/demo/${workflow}@refs/heads/evil` }, 403],
    [
      'another workflow',
      { workflow_ref: 'octo/demo/.github/workflows/other.yml@refs/heads/main' },
      403,
    ],
    ['another repository', { workflow_ref: `evil/demo/${workflow}@refs/heads/main` }, 403],
    ['another audience', { aud: 'https://elsewhere.example' }, 401],
    ['another issuer', { iss: 'http://127.0.0.1:9' }, 401],
    ['long ago', { exp: 1_700_000_000 }, 401],
    ['no workflow', { workflow_ref: undefined }, 401],
  ])("a workflow's token of %s is not obeyed", async (_name, spoiled, status) => {
    const claims = {
      ...{ aud: scene.url, repository: 'octo/demo' },
      workflow_ref: `octo/demo/${workflow}@refs/heads/main`,
    };
    expect((await post(await scene.issuer.token(claims), sent(command()))).status).toBe(200);
    expect((await post(await scene.issuer.token(claims, true), sent(command()))).status).toBe(401);
    expect(
      (await post(await scene.issuer.token({ ...claims, ...spoiled }), sent(command()))).status,
    ).toBe(status);
  });

  it('refuses what has no form, is too much, or is about a repository without the App', async () => {
    const codes: unknown[] = [];
    for (const body of [
      '{',
      sent(),
      sent(command({ auth: { by: 'github' } })),
      sent(command({ id: 'x' })),
      sent(command({ actor: 'Codex\n' })),
    ]) {
      codes.push((await post(scene.tokens.ada, body)).body.error?.code);
    }
    expect(codes).toEqual(Array.from({ length: 5 }, () => 'bad-body'));
    const many = sent(...Array.from({ length: 101 }, () => command()));
    expect((await post(scene.tokens.ada, many)).status).toBe(400);
    expect((await post(scene.tokens.ada, 'x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    await scene.fake.addRepository('solo/apart', { roles: { ada: 'write' } });
    const apart = await post(scene.tokens.ada, { ...sent(command()), repository: 'solo/apart' });
    expect([apart.status, apart.body.error?.code]).toEqual([404, 'not-installed']);
    const hidden = await post(scene.tokens.bob, { ...sent(command()), repository: 'solo/none' });
    expect([hidden.status, hidden.body.error?.code]).toEqual([403, 'token-too-weak']);
  });

  it('stops listening to whom it has refused too often, but not to others that it knows', async () => {
    const answers = [];
    for (let each = 0; each < 40; each += 1) answers.push(await post('secret', sent(command())));
    expect(answers.at(-1)?.status).toBe(429);
    expect((await post(scene.tokens.ada, sent(command()))).status).toBe(200);
  });

  it('writes no token anywhere', async () => {
    const printed = scene.running().output();
    const all = [...Object.values(scene.tokens), requestSecret];
    expect(all.filter((token) => printed.includes(token))).toEqual([]);
    const store = await scene.git('log', '-p', '--all').catch(() => '');
    expect(all.filter((token) => store.includes(token))).toEqual([]);
  });
});
