// An epoch rolled by the App, which alone may move the branch: by a comment, from a shell, and by whom and how it is not.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeDirectory } from '../../src/adapters/git/local-log.ts';
import { reactionsTo, repliesIn, say } from '../app-scene.ts';
import { saidBy } from '../clones.ts';
import type { Said } from '../clones.ts';
import { git } from '../log-forge.ts';
import { sendingPolicy, startSendingScene } from '../sending-scene.ts';
import type { SendingScene } from '../sending-scene.ts';
import { runShell } from '../shell.ts';

let scene: SendingScene;
let issue: number;

beforeAll(async () => {
  scene = await startSendingScene();
  issue = scene.demo.openIssue({ author: 'ada', title: 'Talk' });
  await comment('/coord agent join codex\n/coord task add one\n/coord lock @before');
}, 120_000);

afterAll(async () => {
  expect(scene.fake.violations).toEqual([]);
  await scene.stop();
});

async function comment(body: string): Promise<string[]> {
  return reactionsTo(scene, issue, await say(scene, issue, body));
}

/** The shell in the clone, with a token for the App and keys of its own. */
async function shell(words: readonly string[], token = scene.tokens.ada): Promise<Said> {
  const keys = join(scene.clone, '..', 'keys');
  const environment = { COORD_APP_URL: scene.url, COORD_TOKEN: token, COORD_CONFIG_DIR: keys };
  return saidBy(await runShell(['-C', scene.clone, '--json', ...words], environment));
}

function remote(...words: readonly string[]): string {
  return git(scene.demo.gitDir, words).trim();
}

function records(commit: string): Record<string, unknown>[] {
  const lines = remote('show', `${commit}:batch.ndjson`).split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a roll by a comment', () => {
  let before = '';

  it('puts a signed root in the place of the head, keeps what was before, and says who wanted it', async () => {
    before = remote('rev-parse', 'coord');
    expect(await comment('/coord epoch roll')).toEqual(['eyes', 'rocket']);
    const root = remote('rev-parse', 'coord');
    expect(remote('rev-list', '--count', 'coord')).toBe('1');
    expect(remote('rev-parse', 'refs/coord/archive/1')).toBe(before);
    expect(scene.demo.isSigned(root)).toBe(true);
    expect(records(root)[0]).toMatchObject({
      ...{ op: 'epoch.roll', actor: 'ada' },
      auth: { by: 'github' },
      events: [{ type: 'epoch.rolled', data: { epoch: 2, previous: before, archive: null } }],
    });
  });

  it('the App goes on from it, in the fold that it has', async () => {
    expect(await comment('/coord lock @after')).toEqual(['eyes', 'rocket']);
    expect(remote('rev-list', '--count', 'coord')).toBe('2');
    await comment('/coord lock list');
    expect(repliesIn(scene, issue).at(-1)).toMatch(/@before[^]*@after/);
  });

  it('a clone that knew the log takes it over, and finds every record good', async () => {
    const tasks = await shell(['task', 'list']);
    expect(tasks.result['tasks']).toHaveLength(1);
    const store = storeDirectory(join(scene.clone, '.git'));
    expect(git(store, ['rev-parse', 'refs/coord/archive/1']).trim()).toBe(before);
    const { status, result } = await shell(['verify', '--level', 'genesis']);
    expect([status, result['problems']]).toEqual([0, []]);
  });

  it('among other commands is done in their order', async () => {
    const lines = '/coord lock @first\n/coord epoch roll\n/coord lock @second';
    expect(await comment(lines)).toEqual(['eyes', 'rocket']);
    const commits = remote('rev-list', '--reverse', 'coord').split('\n');
    const all = commits.flatMap(records).map(({ op, input }) => [op, input]);
    expect(all).toMatchObject([
      ['epoch.roll', {}],
      ['lock.acquire', { scope: ['@second'] }],
    ]);
    expect(records(remote('rev-parse', 'refs/coord/archive/2'))).toMatchObject([
      { op: 'lock.acquire', input: { scope: ['@first'] } },
    ]);
  });
});

describe('a roll from a shell', () => {
  it('is sent to the App, and answered as a roll of its own would be', async () => {
    const before = remote('rev-parse', 'coord');
    const { status, result } = await shell(['epoch', 'roll', '--yes']);
    expect([status, result]).toMatchObject([
      0,
      { confirmed: true, epoch: { epoch: 4, previous: before, by: 'ada' } },
    ]);
    expect(remote('rev-parse', 'refs/coord/archive/3')).toBe(before);
    expect(remote('rev-list', '--count', 'coord')).toBe('1');
    expect(scene.demo.isSigned(remote('rev-parse', 'coord'))).toBe(true);
    expect(records('coord')).toMatchObject([{ op: 'epoch.roll', auth: { by: 'github' } }]);
    const again = await shell(['task', 'add', 'two']);
    expect(again.result).toMatchObject({ task: { id: 'T-2' } });
  });

  it('that is signed names the commit that the epoch ends with, and is good for whoever verifies it', async () => {
    await shell(['agent', 'join', 'opus', '--as', 'opus']);
    const { error } = await shell(['agent', 'key', 'add', '--as', 'opus']);
    const { key } = error.data as { key: string };
    expect(await comment(`/coord key add ${key} opus`)).toEqual(['eyes', 'rocket']);
    const before = remote('rev-parse', 'coord');
    const { result } = await shell(['epoch', 'roll', '--yes', '--as', 'opus']);
    expect(result).toMatchObject({ epoch: { epoch: 5, previous: before, by: 'opus' } });
    const [record] = records('coord');
    expect(record).toMatchObject({ input: { previous: before }, auth: { by: 'key' } });
    expect(record?.['sig']).toEqual(expect.any(String));
    const { status, result: verified } = await shell(['verify', '--level', 'genesis']);
    expect([status, verified['problems']]).toEqual([0, []]);
  });

  it.each([
    [['--yes', '--previous', '0'.repeat(40)], 'ada', 'head-moved'],
    [['--yes', '--archive', 'attic'], 'ada', 'archive-elsewhere'],
    [[], 'ada', 'confirmation-needed'],
    [['--yes', '--as', 'codex'], 'bot', 'not-allowed'],
  ] as const)('with %j of %s is refused: %s', async (words, who, code) => {
    const before = remote('for-each-ref');
    const { status, error } = await shell(['epoch', 'roll', ...words], scene.tokens[who]);
    expect([status, error.code]).toEqual([1, code]);
    expect(remote('for-each-ref')).toBe(before);
  });
});

it('where everybody may push, the App says that a shell does it', async () => {
  const text = sendingPolicy.replace('writers: app', 'writers: anyone');
  await scene.demo.seed({ files: { '.github/coord.yml': text } });
  const before = remote('for-each-ref', 'refs/heads/coord', 'refs/coord');
  expect(await comment('/coord epoch roll --yes')).toEqual(['eyes', 'confused']);
  expect(repliesIn(scene, issue).at(-1)).toContain('in a shell that may push: coord epoch roll');
  expect(remote('for-each-ref', 'refs/heads/coord', 'refs/coord')).toBe(before);
});
