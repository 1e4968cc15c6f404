// What people read and mistype at a shell: one line for a write, no silent slip, sentences of our own, a way back.
import { beforeAll, describe, expect, it } from 'vitest';
import { runShell } from '../shell.ts';
import type { ShellRun } from '../shell.ts';
import { commitFile, git, inside, newClone, newLog, useRepositories } from './shell-repository.ts';

useRepositories();

const codex = { COORD_AGENT: 'codex' };
const policy = 'version: 1\nplan: { phases: [{ id: rpc, scopes: {} }] }\n';

function plain(directory: string, ...words: readonly string[]): Promise<ShellRun> {
  return runShell(['-C', directory, ...words], codex);
}

describe('a write', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await newLog();
  });

  it('is told in a line with the next step, and what may not have been meant', async () => {
    const added = await plain(directory, 'task', 'add', 'Parse the header');
    expect(added).toEqual({
      status: 0,
      out: 'Added T-1 "Parse the header". Claim it: coord claim T-1',
      err: '',
    });
    const { out } = await plain(directory, 'lock', 'src/ui');
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^Locked src\/ui until .*Z\. Give it back: coord unlock src\/ui$/),
      "Note: src/ui is locked as that one path; for what lies beneath it: coord lock 'src/ui/**'",
    ]);
  });

  it('has all of it for machines, the thing under its noun', async () => {
    const { answer } = await inside(directory, ['lock', 'src/lib'], codex);
    expect(answer.result).toMatchObject({
      lock: { scope: 'src/lib', holder: 'codex' },
      notes: [expect.stringContaining("'src/lib/**'")],
      confirmed: true,
    });
    const { answer: exact } = await inside(directory, ['lock', 'src/a.ts'], codex);
    expect(exact.result).not.toHaveProperty('notes');
  });
});

describe('what is mistyped', () => {
  it('locks nothing where a word of the noun was meant, unless it is said behind --', async () => {
    const directory = await newLog();
    const slip = await inside(directory, ['lock', 'lisst'], codex);
    expect([slip.status, slip.answer.error.code]).toEqual([2, 'operation-unknown']);
    expect(slip.answer.error.message).toMatch(/Did you mean `lock list`\?.*`lock -- lisst`/);
    expect((await inside(directory, ['lock', 'list'])).answer.result['locks']).toEqual([]);
    expect((await inside(directory, ['lock', '--', 'lisst'], codex)).status).toBe(0);
  });

  it.each([
    [['task', 'add', ''], 'TITLE must not be empty.'],
    [['task', 'add', 'x'.repeat(201)], 'TITLE holds at most 200 characters, not 201.'],
    [['block', 'T-1', ''], 'REASON must not be empty.'],
    [['lock', 'a'.repeat(300)], 'SCOPE holds at most 256 characters, not 300.'],
    [['log', '--limit', '0'], '--limit is at least 1, not `0`.'],
  ])('%j is told in words of our own', async (words, sentence) => {
    const { status, answer } = await inside(await newLog(), words, codex);
    expect([status, answer.error.code]).toEqual([2, 'bad-input']);
    expect(answer.error.message.startsWith(`${sentence} Usage: coord `)).toBe(true);
  });
});

describe('a task', () => {
  it('is shown, given back, and cancelled with what waited for it', async () => {
    const directory = await newLog();
    await plain(directory, 'task', 'add', 'One');
    await plain(directory, 'task', 'add', 'Two', '--after', 'T-1');
    await plain(directory, 'claim', 'T-1');
    expect((await plain(directory, 'task', 'show', 'T-1')).out).toContain('in_progress, codex');
    expect((await plain(directory, 'task', 'release', 'T-1')).out).toContain('coord claim T-1');
    const again = await inside(directory, ['task', 'release', 'T-1'], codex);
    expect([again.status, again.answer.error.code]).toEqual([1, 'not-claimed']);
    expect((await plain(directory, 'task', 'cancel', 'T-1', 'not needed')).out).toContain('T-2');
    const { answer } = await inside(directory, ['task', 'list']);
    expect(answer.result['tasks']).toMatchObject([
      {
        id: 'T-1',
        status: 'cancelled',
        cancelled: { by: 'codex', reason: 'not needed' },
      },
      { id: 'T-2', status: 'blocked', blockedReason: 'T-1 was cancelled' },
    ]);
  });
});

describe('a phase', () => {
  it('that was completed is started again by the same person, at a terminal or not', async () => {
    const directory = await newLog();
    await commitFile(directory, '.github/coord.yml', policy);
    for (const [verb, status] of [
      ['start', 'active'],
      ['complete', 'completed'],
      ['start', 'active'],
    ] as const) {
      const run = await inside(directory, ['plan', verb, 'rpc']);
      expect([verb, run.status, run.answer.result['phase']]).toEqual([
        verb,
        0,
        expect.objectContaining({ status }),
      ]);
    }
    const { answer } = await inside(directory, ['plan', 'show']);
    expect(answer.result['phases']).toMatchObject([{ id: 'rpc', vouch: 'terminal' }]);
  });

  it('that was started from a shell over a remote is shown as vouched for by nobody', async () => {
    const { directory } = await newClone();
    await commitFile(directory, '.github/coord.yml', policy);
    await git(directory, 'push', '-q', 'origin', 'main');
    await inside(directory, ['init']);
    const started = await inside(directory, ['plan', 'start', 'rpc']);
    expect(started.answer.result['notes']).toEqual([
      expect.stringMatching(/a required check does not count it yet.*: \/coord plan start rpc$/),
    ]);
    const again = await runShell(['-C', directory, 'plan', 'start', 'rpc']);
    expect(again.out.split('\n')[1]).toMatch(/^Note: .*\/coord plan start rpc$/);
    const { answer } = await inside(directory, ['plan', 'show']);
    expect(answer.result['phases']).toMatchObject([{ status: 'active', vouch: 'nobody' }]);
    expect((await runShell(['-C', directory, 'plan', 'show'])).out).toMatch(
      /nobody vouches for it: no check counts it[^]*\/coord plan start PHASE/,
    );
    const [status, resumed] = [
      await inside(directory, ['status']),
      await inside(directory, ['continue']),
    ];
    expect(status.answer.result['phases']).toMatchObject([{ status: 'active', vouch: 'nobody' }]);
    expect(resumed.answer.result).toMatchObject({
      phases: ['rpc'],
      phaseVouches: { rpc: 'nobody' },
    });
    expect((await runShell(['-C', directory, 'status'])).out).toMatch(
      /rpc {2}active +nobody vouches for it: no check counts it/,
    );
    expect((await runShell(['-C', directory, 'continue'])).out).toContain(
      'active: rpc (nobody vouches for it: no check counts it)',
    );
  });
});

it('a question that the policy keeps for people is answered to a person', async () => {
  const directory = await newLog();
  const text = 'version: 1\nauthority: { operations: { overview.status: [human] } }\n';
  await commitFile(directory, '.github/coord.yml', text);
  expect((await inside(directory, ['status'])).status).toBe(0);
  const refused = await inside(directory, ['status'], codex);
  expect([refused.status, refused.answer.error.code]).toEqual([1, 'not-allowed']);
});
