// `log.writers: app`: the shell sends its commands to the real App, and gets what a log of its own would answer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/log/id.ts';
import { scenePolicy, startScene } from '../app-scene.ts';
import type { Scene } from '../app-scene.ts';
import { runShell, spawnShell } from '../shell.ts';
import { freePort, requestSecret, startWorkflowIssuer } from '../workflow-issuer.ts';
import type { WorkflowIssuer } from '../workflow-issuer.ts';
import { commitFile, git, newRepository, useRepositories } from './shell-repository.ts';

useRepositories();

const workflow = '.github/workflows/agent.yml';
const policy = `${scenePolicy
  .replace('tier: implementer }', `tier: implementer, workflows: ["${workflow}"] }`)
  .replace(
    'agents:',
    'people:\n  ada: { github: ada, email: mallory@example.com }\n  eve: { github: eve }\nagents:',
  )}
log: { writers: app }
`;

let issuer: WorkflowIssuer;
let scene: Scene;
let url: string;
let tokens: {
  readonly ada: string;
  readonly bob: string;
  readonly bot: string;
  readonly weak: string;
};

beforeAll(async () => {
  issuer = await startWorkflowIssuer();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  scene = await startScene({
    policy,
    environment: {
      ...{ PORT: String(port), COORD_APP_URL: `${url}/`, COORD_OIDC_ISSUER: issuer.url },
      LOG_LEVEL: 'trace',
    },
  });
  const { fake } = scene;
  const permissions = { contents: 'write', metadata: 'read' } as const;
  const bot = await fake.createApp({ name: 'codex-bot', permissions, events: [] });
  tokens = {
    ada: fake.createUserToken('ada'),
    bob: fake.createUserToken('bob'),
    bot: bot.createToken(),
    weak: bot.createToken({ permissions: { contents: 'read', metadata: 'read' } }),
  };
}, 120_000);

afterAll(async () => {
  expect(scene.fake.violations).toEqual([]);
  await scene.stop();
  await issuer.stop();
});

interface Said {
  readonly status: number;
  readonly document: Record<string, unknown>;
  readonly err: string;
}

async function say(
  directory: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const { status, out, err } = await runShell(['-C', directory, '--json', ...words], environment);
  return { status, document: JSON.parse(out) as Record<string, unknown>, err };
}

function atApp(words: readonly string[], token = tokens.ada): Promise<Said> {
  return say(scene.clone, words, { COORD_APP_URL: url, COORD_TOKEN: token });
}

/** Ids and times by the order in which they appear, so that two logs can be held against one another. */
function comparable(all: readonly unknown[]): unknown {
  const names = new Map<string, string>();
  const text = JSON.stringify(all).replace(
    /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z/g,
    (found) => {
      if (found.includes('T')) return 'a time';
      const name = names.get(found) ?? `id ${names.size}`;
      names.set(found, name);
      return name;
    },
  );
  return JSON.parse(text);
}

/** A day's work: what is accepted, what changes nothing, what is refused, and what is no command at all. */
const work: readonly string[][] = [
  ['agent', 'join', 'codex', '--as', 'codex'],
  ['agent', 'join', 'opus', '--as', 'opus'],
  ['agent', 'join', 'nobody', '--as', 'nobody'],
  ['task', 'add', 'Grün 🟢 "quoted"', '--priority', 'high'],
  ['task', 'add', 'Second', '--after', 'T-1'],
  ['claim', 'T-1', '--as', 'codex'],
  ['claim', 'T-1', '--as', 'opus'],
  ['claim', 'T-2', '--as', 'opus'],
  ['claim', 'T-9', '--as', 'opus'],
  ['lock', 'src/a/**', 'src/b/**', '--as', 'codex', '--ttl', '2h'],
  ['lock', 'src/a/x.ts', '--as', 'opus'],
  ['lock', 'src/a/**', '--as', 'codex'],
  ['unlock', 'src/b/**', '--as', 'codex'],
  ['unlock', 'src/a/**', '--as', 'opus'],
  ['send', 'codex', 'Hello', 'A body\nin two lines', '--as', 'opus', '--ack-required'],
  ['read', 'M-1', '--as', 'codex'],
  ['ack', 'M-1', '--as', 'codex'],
  ['ack', 'M-1', '--as', 'codex'],
  ['plan', 'start', 'ui'],
  ['plan', 'start', 'ui', '--as', 'codex'],
  ['done', 'T-1', '--as', 'codex', '--evidence', 'commit:abc'],
  ['next', '--as', 'codex'],
  ['task', 'list'],
  ['lock', 'list'],
  ['inbox', '--as', 'codex'],
  ['claim'],
  ['plan', 'start', 'nothing'],
];

describe("the same work on a log of one's own and through the App", () => {
  it('gets the same answers', async () => {
    const local = await newRepository();
    await git(local, 'config', 'user.email', 'mallory@example.com');
    await commitFile(local, '.github/coord.yml', policy);
    await say(local, ['init']);
    const [own, sent]: [unknown[], unknown[]] = [[], []];
    for (const words of work) {
      const [here, there] = [await say(local, words), await atApp(words)];
      own.push([words, here.status, here.document]);
      sent.push([words, there.status, there.document]);
    }
    expect(comparable(sent)).toEqual(comparable(own));
    const kinds = own.map((each) => (each as [unknown, number])[1]);
    expect(new Set(kinds)).toEqual(new Set([0, 1, 2]));
  }, 60_000);

  it('is written by the App alone, and says who stands behind whom', async () => {
    const { document } = await say(scene.clone, ['log']);
    const { records } = document['result'] as {
      records: { op: string; actor: string; auth: { by: string; subject: string } }[];
    };
    const commits = (await scene.git('ls-remote', 'origin', 'coord')).slice(0, 40);
    expect(scene.demo.isSigned(commits)).toBe(true);
    const of = (op: string, actor: string) =>
      records.find((record) => record.op === op && record.actor === actor);
    expect(of('plan.start', 'ada')?.auth).toMatchObject({ by: 'github' });
    expect(of('plan.start', 'ada')?.auth.subject).toMatch(/^user:\d+:ada$/);
    expect(of('task.claim', 'codex')?.auth).toMatchObject({ by: 'shell' });
  });

  it('works from the shell as a process of its own, with what Actions gives it', async () => {
    const claims = {
      repository: 'octo/demo',
      workflow_ref: `octo/demo/${workflow}@refs/heads/main`,
    };
    const environment = {
      ...{ COORD_APP_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestSecret },
      ACTIONS_ID_TOKEN_REQUEST_URL: issuer.requestUrl(claims),
    };
    const words = ['-C', scene.clone, '--json', 'lock', '@workflow', '--as', 'codex'];
    const { status, out } = await spawnShell(words, environment);
    expect([status, out]).toEqual([0, expect.stringContaining('"confirmed":true')]);
    const other = await say(scene.clone, ['lock', '@other', '--as', 'opus'], environment);
    expect(other.document['error']).toMatchObject({ kind: 'refusal', code: 'not-yourself' });
  });
});

describe('what keeps a shell from sending', () => {
  it.each([
    ['no token', {}, 'token-missing', 'Set COORD_TOKEN'],
    ['offline', { offline: '--offline' }, 'app-offline', 'Leave --offline out.'],
  ])('%s', async (_name, { offline }: { offline?: string }, code, said) => {
    const words = ['lock', '@x', '--as', 'codex', ...(offline === undefined ? [] : [offline])];
    const { status, document } = await say(scene.clone, words, { COORD_APP_URL: url });
    expect([status, document['error']]).toMatchObject([3, { kind: 'fault', code }]);
    expect(JSON.stringify(document)).toContain(said);
  });

  it('no address', async () => {
    const { document } = await say(scene.clone, ['lock', '@x'], { COORD_TOKEN: tokens.ada });
    expect(document['error']).toMatchObject({ code: 'app-url' });
  });

  it('an App that does not answer, or a server that is none', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const gone = await say(scene.clone, ['lock', '@x'], {
      COORD_APP_URL: nowhere,
      COORD_TOKEN: 'x',
    });
    expect(gone.document['error']).toMatchObject({ code: 'app-unreachable' });
    const other = await say(scene.clone, ['lock', '@x'], {
      COORD_APP_URL: issuer.url,
      COORD_TOKEN: 'x',
    });
    expect(other.document['error']).toMatchObject({ code: 'app-denied' });
  }, 30_000);

  it('a token of GitHub, where only the repository says where to', async () => {
    const file = {
      '.github/coord.yml': policy.replace('writers: app', `writers: app, url: "${url}"`),
    };
    await scene.demo.seed({ files: file });
    await scene.git('fetch', '-q', 'origin');
    const careful = await say(scene.clone, ['lock', '@x'], { GITHUB_TOKEN: tokens.ada });
    expect(careful.document['error']).toMatchObject({ code: 'token-missing' });
    expect(JSON.stringify(careful.document)).toContain('set COORD_APP_URL=');
    const named = await say(scene.clone, ['lock', '@named'], { COORD_TOKEN: tokens.ada });
    expect(named.status).toBe(0);
    const trusted = { GITHUB_TOKEN: tokens.ada, COORD_APP_URL: url };
    expect((await say(scene.clone, ['lock', '@trusted'], trusted)).status).toBe(0);
  });
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
  const response = await fetch(`${url}/coord/v1/commands`, {
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
  });

  it('a command sent twice is done once, and answered the same', async () => {
    const body = sent(command());
    const [first, second] = await Promise.all([post(tokens.ada, body), post(tokens.ada, body)]);
    const third = await post(tokens.ada, body);
    expect(first.body.answers?.[0]).toMatchObject({ ok: true, confirmed: true, duplicate: false });
    expect([second.body, third.body]).toEqual([first.body, first.body]);
    // From another token it is the same command all the same, and nothing is added.
    const again = await post(tokens.bot, body);
    expect(again.body.answers?.[0]).toMatchObject({
      ok: true,
      duplicate: true,
      seq: first.body.answers?.[0]?.['seq'],
    });
  });

  it("an agent's own token speaks for the agent, vouched by GitHub, and for nobody else", async () => {
    const own = await post(tokens.bot, sent(command()));
    expect(own.body.answers?.[0]).toMatchObject({ ok: true, by: 'github' });
    const other = await post(tokens.bot, sent(command({ actor: 'opus' })));
    expect(other.body.answers?.[0]).toMatchObject({ ok: false, code: 'not-yourself' });
    const person = await post(
      tokens.ada,
      sent(command({ actor: 'eve' }), command({ actor: 'gh:bob' })),
    );
    expect(person.body.answers?.map(({ code }) => code)).toEqual(['not-yourself', 'not-yourself']);
  });

  it.each([
    ['no token', () => null, 401, 'token-missing'],
    ['a token that GitHub does not know', () => `ghp_${'x'.repeat(36)}`, 401, 'token-invalid'],
    ['what is no token', () => 'secret', 401, 'token-invalid'],
    ["a reader's token", () => tokens.bob, 403, 'token-too-weak'],
    ['a token that may only read', () => tokens.weak, 403, 'token-too-weak'],
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
      ...{ aud: url, repository: 'octo/demo' },
      workflow_ref: `octo/demo/${workflow}@refs/heads/main`,
    };
    expect((await post(await issuer.token(claims), sent(command()))).status).toBe(200);
    expect((await post(await issuer.token(claims, true), sent(command()))).status).toBe(401);
    expect(
      (await post(await issuer.token({ ...claims, ...spoiled }), sent(command()))).status,
    ).toBe(status);
  });

  it('refuses what has no form, is too much, or is about a repository without the App', async () => {
    const codes: unknown[] = [];
    for (const body of [
      '{',
      sent(),
      sent(command({ auth: { by: 'github' } })),
      sent(command({ id: 'x' })),
    ]) {
      codes.push((await post(tokens.ada, body)).body.error?.code);
    }
    expect(codes).toEqual(['bad-body', 'bad-body', 'bad-body', 'bad-body']);
    const many = sent(...Array.from({ length: 101 }, () => command()));
    expect((await post(tokens.ada, many)).status).toBe(400);
    expect((await post(tokens.ada, 'x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    await scene.fake.addRepository('solo/apart', { roles: { ada: 'write' } });
    const apart = await post(tokens.ada, { ...sent(command()), repository: 'solo/apart' });
    expect([apart.status, apart.body.error?.code]).toEqual([404, 'not-installed']);
    const hidden = await post(tokens.bob, { ...sent(command()), repository: 'solo/none' });
    expect([hidden.status, hidden.body.error?.code]).toEqual([403, 'token-too-weak']);
  });

  it('stops listening to whom it has refused too often, but not to others that it knows', async () => {
    const answers = [];
    for (let each = 0; each < 40; each += 1) answers.push(await post('secret', sent(command())));
    expect(answers.at(-1)?.status).toBe(429);
    expect((await post(tokens.ada, sent(command()))).status).toBe(200);
  });

  it('writes no token anywhere', async () => {
    const printed = scene.running().output();
    const all = [...Object.values(tokens), requestSecret];
    expect(all.filter((token) => printed.includes(token))).toEqual([]);
    const store = await scene.git('log', '-p', '--all').catch(() => '');
    expect(all.filter((token) => store.includes(token))).toEqual([]);
  });
});
