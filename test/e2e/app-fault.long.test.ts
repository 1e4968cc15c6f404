// The real App process when something is wrong: a policy that cannot be used, too much to read, a GitHub that fails.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  newestRun,
  openPull,
  reactionsTo,
  repliesIn,
  say,
  scenePolicy,
  startScene,
} from '../app-scene.ts';
import type { Scene } from '../app-scene.ts';

let scene: Scene;
let branches = 0;

beforeAll(async () => {
  scene = await startScene();
}, 120_000);

afterEach(() => {
  expect(scene.fake.faults.pending).toBe(0);
  scene.fake.faults.clear();
  expect(scene.fake.violations).toEqual([]);
});

afterAll(async () => {
  await scene.stop();
});

/** A pull request that passes when nothing is wrong. */
function goodPull(): Promise<number> {
  branches += 1;
  const files = { 'src/network/b.ts': `export const b = ${branches};\n` };
  return openPull(scene, `good-${branches}`, files);
}

async function withPolicy(text: string | null, work: () => Promise<void>): Promise<void> {
  await scene.demo.seed({ files: { '.github/coord.yml': text } });
  await work();
  await scene.demo.seed({ files: { '.github/coord.yml': scenePolicy } });
}

describe('a policy', () => {
  it('that is broken asks for action, with line and column, and the verdict is on the log', async () => {
    await withPolicy(scenePolicy.replace('tier: implementer', 'tier: implementor'), async () => {
      const number = await goodPull();
      const run = newestRun(scene, number);
      expect(run.conclusion).toBe('action_required');
      expect(`${run.output.summary ?? ''}${run.output.text ?? ''}`).toMatch(/coord\.yml:3:\d+/);
      const { records } = await scene.coord('log');
      expect(
        (records as { op: string }[]).filter(({ op }) => op === 'verdict.record'),
      ).toHaveLength(1);
      const issue = scene.demo.openIssue({ author: 'ada', title: 'Talk' });
      const comment = await say(scene, issue, '/coord lock @x');
      expect(reactionsTo(scene, issue, comment)).toEqual(['eyes', 'confused']);
      expect(repliesIn(scene, issue)[0]).toContain('policy cannot be used');
    });
  });

  it('that the pull request itself changes is not the one it is judged by', async () => {
    const wider = scenePolicy.replace('src/network/**', '**');
    const files = { '.github/coord.yml': wider, 'anywhere.md': 'x\n' };
    const run = newestRun(scene, await openPull(scene, 'wider', files));
    expect(run.conclusion).toBe('failure');
    expect(run.annotations.map(({ path }) => path)).toContain('anywhere.md');
  });

  it('that is not there leaves scope neutral', async () => {
    await withPolicy(null, async () => {
      const run = newestRun(scene, await goodPull());
      expect(run.conclusion).not.toBe('failure');
      expect(run.output.text).toContain('➖ scope');
    });
  });
});

describe('too much', () => {
  it('of files is never success', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 3001 }, (_, index) => [`src/network/many/f${index}.txt`, 'x\n']),
    );
    const run = newestRun(scene, await openPull(scene, 'many', files));
    expect(['failure', 'action_required']).toContain(run.conclusion);
    expect(run.output.text).toContain('3001 files changed');
  });

  it('of findings is annotated fifty times and listed in full', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`out/f${index}.md`, `${index}\n`]),
    );
    const before = scene.fake.writes.length;
    const run = newestRun(scene, await openPull(scene, 'findings', files));
    expect(run.conclusion).toBe('failure');
    expect(run.annotations).toHaveLength(50);
    expect(run.output.summary).toContain('50 of 60 findings are annotated');
    expect(run.output.text).toContain('out/f59.md');
    expect(scene.fake.writes.length - before).toBe(3);
  });

  it('of text is cut to what GitHub takes, in bytes', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [
        `out/${'é'.repeat(100)}${index}.md`,
        `${index}\n`,
      ]),
    );
    const run = newestRun(scene, await openPull(scene, 'long', files));
    expect(run.conclusion).toBe('failure');
    const bytes = Buffer.byteLength(run.output.text ?? '');
    expect(bytes).toBeLessThanOrEqual(65_535);
    expect(bytes).toBeGreaterThan(60_000);
    expect(run.output.text).toContain('… cut here');
  });
});

describe('a GitHub that fails', () => {
  it.each([
    ['the pull request', { operation: 'pulls/get' }],
    ['the changed files', { operation: 'pulls/list-files' }],
    ['the merge base', { operation: 'repos/compare-commits-with-basehead' }],
  ])('at reading %s is action_required, and the next run judges', async (_name, match) => {
    scene.fake.faults.next({ kind: 'status', status: 502, times: 4, match });
    const number = await goodPull();
    expect(newestRun(scene, number).conclusion).toBe('action_required');
    expect(scene.demo.checkRuns(scene.demo.pull(number).pull.headSha)).toHaveLength(1);
    scene.demo.rerequestCheckRun(newestRun(scene, number).id, 'ada');
    await scene.fake.settled();
    expect(newestRun(scene, number).conclusion).toBe('success');
  });

  it.each([
    ['a read', { operation: 'pulls/list-files' }, 'timeout-before-commit' as const],
    ['ending the run', { operation: 'checks/update' }, 'timeout-after-commit' as const],
    ['adding to the log', { operation: 'createCommitOnBranch' }, 'timeout-after-commit' as const],
    ['adding to the log, lost', { operation: 'createCommitOnBranch' }, 'stale' as const],
  ])('once at %s changes nothing in the end', async (_name, match, kind) => {
    const { records: before } = await scene.coord('log', '--limit', '500');
    scene.fake.faults.next({ kind, match });
    const number = await goodPull();
    expect(newestRun(scene, number).conclusion).toBe('success');
    const { records: after } = await scene.coord('log', '--limit', '500');
    expect((after as unknown[]).length - (before as unknown[]).length).toBe(1);
  });

  it('for a while with its limits is waited for', async () => {
    const match = { operation: 'checks/update' };
    scene.fake.faults.next({ kind: 'secondary-limit', retryAfterSeconds: 1, match });
    expect(newestRun(scene, await goodPull()).conclusion).toBe('success');
  });

  it('slowly is still answered', async () => {
    scene.fake.faults.delayMs(600);
    expect(newestRun(scene, await goodPull()).conclusion).toBe('success');
  });

  it('did not end the process', async () => {
    expect(scene.running().child.exitCode).toBeNull();
    await expect
      .poll(() => scene.running().output())
      .toContain('GitHub could not read pull request');
  });
});
