// `log.writers: app`: the shell sends its commands to the real App, and gets what a log of its own would answer.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendingPolicy, startSendingScene, workflow } from '../sending-scene.ts';
import type { SendingScene } from '../sending-scene.ts';
import { runShell, spawnShell } from '../shell.ts';
import { freePort, requestSecret } from '../workflow-issuer.ts';
import { commitFile, git, newRepository, useRepositories } from './shell-repository.ts';

useRepositories();

let scene: SendingScene;

beforeAll(async () => {
  scene = await startSendingScene();
}, 120_000);

afterAll(async () => {
  expect(scene.fake.violations).toEqual([]);
  await scene.stop();
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

function atApp(words: readonly string[]): Promise<Said> {
  const { clone, url, tokens } = scene;
  return say(clone, words, { COORD_APP_URL: url, COORD_TOKEN: tokens.ada });
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
  ['done', 'T-1', '--as', 'codex', '--evidence', '#12'],
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
    await commitFile(local, '.github/coord.yml', sendingPolicy);
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
      ...{ COORD_APP_URL: scene.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestSecret },
      ACTIONS_ID_TOKEN_REQUEST_URL: scene.issuer.requestUrl(claims),
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
    const { status, document } = await say(scene.clone, words, { COORD_APP_URL: scene.url });
    expect([status, document['error']]).toMatchObject([3, { kind: 'fault', code }]);
    expect(JSON.stringify(document)).toContain(said);
  });

  it('no address', async () => {
    const { document } = await say(scene.clone, ['lock', '@x'], { COORD_TOKEN: scene.tokens.ada });
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
      COORD_APP_URL: scene.issuer.url,
      COORD_TOKEN: 'x',
    });
    expect(other.document['error']).toMatchObject({ code: 'app-denied' });
  }, 30_000);

  it('a token of GitHub, where only the repository says where to', async () => {
    const file = {
      '.github/coord.yml': sendingPolicy.replace(
        'writers: app',
        `writers: app, url: "${scene.url}"`,
      ),
    };
    await scene.demo.seed({ files: file });
    await scene.git('fetch', '-q', 'origin');
    const careful = await say(scene.clone, ['lock', '@x'], { GITHUB_TOKEN: scene.tokens.ada });
    expect(careful.document['error']).toMatchObject({ code: 'token-missing' });
    expect(JSON.stringify(careful.document)).toContain('set COORD_APP_URL=');
    const named = await say(scene.clone, ['lock', '@named'], { COORD_TOKEN: scene.tokens.ada });
    expect(named.status).toBe(0);
    const trusted = { GITHUB_TOKEN: scene.tokens.ada, COORD_APP_URL: scene.url };
    expect((await say(scene.clone, ['lock', '@trusted'], trusted)).status).toBe(0);
  });
});

describe('a shell that pushes itself anyway', () => {
  it('is refused by the ruleset, told so, and works through the App again', async () => {
    // What GitHub's ruleset does to a push; the App's commits do not come by push.
    const refusing = `#!/bin/sh
[ "$1" = refs/heads/coord ] || exit 0
echo "GH013: Repository rule violations found for $1." >&2
exit 1
`;
    await mkdir(join(scene.demo.gitDir, 'hooks'), { recursive: true });
    await writeFile(join(scene.demo.gitDir, 'hooks', 'update'), refusing, { mode: 0o755 });
    const withPolicy = async (text: string): Promise<void> => {
      await scene.demo.seed({ files: { '.github/coord.yml': text } });
      await scene.git('fetch', '-q', 'origin');
    };
    await withPolicy(sendingPolicy.replace('writers: app', 'writers: anyone'));
    const head = await scene.demo.head('coord');
    const pushed = await say(scene.clone, ['lock', '@pushed']);
    expect([pushed.status, pushed.document['result']]).toMatchObject([0, { confirmed: false }]);
    expect(pushed.err).toContain('does not let you write the branch coord');
    expect(await scene.demo.head('coord')).toBe(head);
    await withPolicy(sendingPolicy);
    const again = await atApp(['lock', '@again']);
    expect([again.status, again.document['result']]).toMatchObject([0, { confirmed: true }]);
  });
});
