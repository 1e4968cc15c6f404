// The real App process, real webhooks, real git: what the check run of a pull request says.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lastDelivery, newestRun, openPull, retarget, startScene } from '../app-scene.ts';
import type { Scene } from '../app-scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene({
    files: {
      'src/network/a.ts': 'export const a = 1;\n',
      'src/network/gone.ts': 'export const gone = 1;\n',
      'src/core/b.ts': 'export const b = 1;\nexport const c = 2;\n',
    },
  });
}, 120_000);

afterEach(() => {
  expect(scene.fake.violations).toEqual([]);
});

afterAll(async () => {
  await scene.stop();
});

/** A function with so many branches that its complexity is 12. */
const twisted = `export function twisted(n: number): number {
${Array.from({ length: 11 }, (_, index) => `  if (n === ${index}) return ${index};`).join('\n')}
  return -1;
}
`;

/** Files inside the scope, other ones for every branch: the same commit would share its check runs. */
function inside(branch: string): Record<string, string> {
  return { 'src/network/b.ts': `export const b = '${branch}';\n` };
}

describe('a pull request of an agent', () => {
  it('inside its scope succeeds with three writes, and the verdict is on the log', async () => {
    const before = scene.fake.writes.length;
    const number = await openPull(scene, 'inside', inside('inside'));
    const run = newestRun(scene, number);
    expect(run).toMatchObject({ name: 'coord / gate', status: 'completed', conclusion: 'success' });
    expect(run.annotations).toEqual([]);
    const operations = scene.fake.writes.slice(before).map(({ operation }) => operation);
    expect(operations.sort()).toEqual(['checks/create', 'checks/update', 'createCommitOnBranch']);
    const { records } = (await scene.coord('log')) as { records: Record<string, unknown>[] };
    const last = records.find(({ op }) => op === 'verdict.record');
    expect(JSON.stringify(last)).toContain(scene.demo.pull(number).pull.headSha);
    expect(last).toMatchObject({ actor: scene.app.slug, auth: { by: 'app' } });
  });

  it('outside its scope fails, with a section and an annotation that name the path', async () => {
    const number = await openPull(scene, 'outside', {
      'src/core/b.ts': 'export const b = 3;\nexport const c = 2;\n',
    });
    const run = newestRun(scene, number);
    expect(run.conclusion).toBe('failure');
    expect(run.annotations[0]).toMatchObject({
      path: 'src/core/b.ts',
      start_line: 1,
      annotation_level: 'failure',
    });
    expect(run.annotations[0]?.['message']).toMatch(/src\/network\/\*\*|codex/);
    for (const section of ['scope', 'locks', 'complexity', 'size']) {
      expect(run.output.text).toMatch(new RegExp(`### \\S+ ${section}: `, 'u'));
    }
  });

  it('with a function of complexity 12 fails on the line where the function begins', async () => {
    const number = await openPull(scene, 'twisted', {
      'src/network/t.ts': `export const one = 1;\n\n${twisted}`,
    });
    const run = newestRun(scene, number);
    expect(run.conclusion).toBe('failure');
    expect(run.annotations).toHaveLength(1);
    expect(run.annotations[0]).toMatchObject({
      ...{ path: 'src/network/t.ts', start_line: 3, title: 'complexity: complexity' },
      message: expect.stringContaining('12') as string,
    });
  });

  it('is judged again on every new head', async () => {
    const number = await openPull(scene, 'moving', inside('moving'));
    const first = scene.demo.pull(number).pull.headSha;
    const files = { 'elsewhere.md': 'out\n' };
    await scene.demo.push({ branch: 'moving', files, author: 'codex-bot[bot]' });
    await scene.fake.settled();
    expect(scene.demo.pull(number).pull.headSha).not.toBe(first);
    expect(newestRun(scene, number, first).conclusion).toBe('success');
    expect(newestRun(scene, number).conclusion).toBe('failure');
  });

  it('is judged again when it is reopened and when somebody asks for a re-run', async () => {
    const number = await openPull(scene, 'again', inside('again'));
    scene.demo.close(number, 'ada');
    await scene.fake.settled();
    scene.demo.reopen(number, 'ada');
    await scene.fake.settled();
    const { headSha } = scene.demo.pull(number).pull;
    expect(scene.demo.checkRuns(headSha)).toHaveLength(2);
    scene.demo.rerequestCheckRun(newestRun(scene, number).id, 'ada');
    await scene.fake.settled();
    expect(scene.demo.checkRuns(headSha)).toHaveLength(3);
    expect(newestRun(scene, number)).toMatchObject({
      conclusion: 'success',
      externalId: `pr:${number}`,
    });
  });

  it('is not judged when it is closed', async () => {
    const number = await openPull(scene, 'closed', inside('closed'));
    scene.demo.close(number, 'ada');
    await scene.fake.settled();
    scene.demo.rerequestCheckRun(newestRun(scene, number).id, 'ada');
    await scene.fake.settled();
    expect(scene.demo.checkRuns(scene.demo.pull(number).pull.headSha)).toHaveLength(1);
  });

  it('reports on the head of its merge group, also when that run is asked for again', async () => {
    const number = await openPull(scene, 'queued', inside('queued'));
    const group = await scene.demo.mergeGroup([number], 'ada');
    await scene.fake.settled();
    const run = newestRun(scene, number, group.headSha);
    expect(run).toMatchObject({ conclusion: 'success', externalId: `group:${number}` });
    scene.demo.rerequestCheckRun(run.id, 'ada');
    await scene.fake.settled();
    expect(scene.demo.checkRuns(group.headSha)).toHaveLength(2);
    expect(scene.demo.checkRuns(scene.demo.pull(number).pull.headSha)).toHaveLength(1);
  });

  it('from a fork has no scope that its branch name borrows', async () => {
    const fork = await scene.demo.fork('mallory');
    await fork.seed({ branch: 'codex/steal', files: inside('fork'), author: 'mallory' });
    const number = await scene.demo.openPullRequest({
      ...{ head: 'codex/steal', from: fork, author: 'mallory' },
    });
    await scene.fake.settled();
    const run = newestRun(scene, number);
    expect(run.annotations).toEqual([]);
    expect(run.output.text).toContain("Not an agent's pull request");
    scene.demo.rerequestCheckRun(run.id, 'ada');
    await scene.fake.settled();
    expect(scene.demo.checkRuns(scene.demo.pull(number).pull.headSha)).toHaveLength(2);
  });

  it.each([
    ['a deletion', { 'src/network/gone.ts': null }],
    [
      'a rename out of a foreign folder',
      { 'src/core/b.ts': null, 'src/network/c.ts': 'export const b = 1;\nexport const c = 2;\n' },
    ],
    [
      'a symbolic link',
      { 'src/network/link.ts': { content: '../core/b.ts', mode: '120000' as const } },
    ],
    ['a submodule', { 'src/network/sub': { submodule: '1'.repeat(40) } }],
  ])('with %s fails', async (name, files) => {
    const number = await openPull(scene, `shape-${name.replaceAll(' ', '-')}`, files);
    expect(newestRun(scene, number).conclusion).toBe('failure');
    expect(newestRun(scene, number).annotations.length).toBeGreaterThan(0);
  });

  it('fails where somebody else holds the lock, and says who', async () => {
    await scene.coord('agent', 'join', 'opus', '--as', 'opus', '--tier', 'implementer');
    await scene.coord('lock', 'src/network/locked/**', '--ttl', '1h', '--as', 'opus');
    const number = await openPull(scene, 'locked', { 'src/network/locked/x.ts': 'export {};\n' });
    const run = newestRun(scene, number);
    expect(run.conclusion).toBe('failure');
    expect(JSON.stringify(run.annotations)).toContain('opus');
  });
});

describe('a delivery', () => {
  it('has one effect however often it comes, also after the App was started anew', async () => {
    const number = await openPull(scene, 'twice', inside('twice'));
    const { headSha } = scene.demo.pull(number).pull;
    const guid = lastDelivery(scene, 'pull_request');
    const writes = scene.fake.writes.length;
    await scene.fake.redeliver(guid);
    expect(await scene.restart()).toBe(0);
    expect((await scene.fake.redeliver(guid)).status).toBe(200);
    expect(scene.demo.checkRuns(headSha)).toHaveLength(1);
    expect(scene.fake.writes).toHaveLength(writes);
  });

  it('that comes twice at the same moment has one effect', async () => {
    scene.fake.webhooks.duplicateNext();
    const number = await openPull(scene, 'both', inside('both'));
    expect(scene.demo.checkRuns(scene.demo.pull(number).pull.headSha)).toHaveLength(1);
  });

  it('of a new base branch is judged against that branch', async () => {
    await scene.demo.seed({ branch: 'next', files: { '.github/coord.yml': 'version: 1\n' } });
    const number = await openPull(scene, 'rebased', { 'elsewhere.md': 'x\n' });
    expect(newestRun(scene, number).conclusion).toBe('failure');
    await retarget(scene, number, 'next');
    const runs = scene.demo.checkRuns(scene.demo.pull(number).pull.headSha);
    expect(runs).toHaveLength(2);
    expect(runs[1]?.conclusion).not.toBe('failure');
  });
});
