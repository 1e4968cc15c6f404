// A command that was accepted here and not taken by the remote: it is kept, it is told with the next step, its id is known.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { Clones, say } from '../clones.ts';
import { forge, forgedOn, git, layOut } from '../log-forge.ts';
import type { ForgedCommit } from '../log-forge.ts';

let clones: Clones;
let first: string;
beforeEach(async () => {
  clones = new Clones();
  first = await clones.begin(['ada']);
});
afterEach(() => clones.remove());

/** What the remote does with the next pushes before it takes or refuses them. */
function hook(...lines: readonly string[]): void {
  const path = join(clones.remote, 'hooks', 'pre-receive');
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
}

/** While a push stands before the door, somebody else moves the branch to this commit. */
function moveMeanwhile(oid: string): void {
  hook(`env -i PATH="$PATH" git --git-dir='${clones.remote}' update-ref refs/heads/coord ${oid}`);
}

const add = (title: string): ReturnType<typeof say> =>
  say(first, 'task', 'add', title, '--as', 'ada');

const timesPublished = (id: unknown): number =>
  clones.records().filter((record) => record['id'] === id).length;

async function idsHere(): Promise<unknown[]> {
  const { result } = await say(first, 'log', '--offline');
  return (result['records'] as { id: string }[]).map(({ id }) => id);
}

/** The last commit of the log, and the oid of a commit that somebody forged on what is on the remote. */
function forged(make: (log: readonly ForgedCommit[]) => readonly [ForgedCommit, string]): string {
  const log = layOut(clones.remote);
  const head = present(log.at(-1), 'the log has commits').oid;
  const [commit, onto] = make(log);
  const [oid = ''] = forge(clones.remote, [commit], onto);
  git(clones.remote, ['update-ref', 'refs/heads/coord', head]);
  return oid;
}

describe('a command that the remote does not take', () => {
  it('by a rule is kept unconfirmed, with the reason, and published once it may', async () => {
    hook('echo no writing today >&2', 'exit 1');
    const said = await add('kept');
    expect([said.status, said.result['confirmed']]).toEqual([0, false]);
    expect(said.err).toMatch(
      /^coord: origin does not let you write[^\n]*`coord sync` publishes[^\n]*$/,
    );
    expect(said.result).toMatchObject({ task: { id: 'T-1' } });
    const again = await say(first, 'status');
    expect(again.status).toBe(0);
    hook('exit 0');
    expect((await say(first, 'sync')).result).toMatchObject({ confirmed: true });
    expect(timesPublished(said.result['id'])).toBe(1);
  });

  it('is kept unconfirmed, too, when what others wrote meanwhile is not taken over', async () => {
    const good = git(clones.remote, ['rev-parse', 'coord']).trim();
    const evil = forged((log) => {
      const last = present(log.at(-1), 'the log has commits');
      const record = JSON.parse(last.batch) as Record<string, unknown> & { seq: number };
      const commit = forgedOn(last, [{ ...record, seq: record.seq + 1, at: 'never' }]);
      return [commit, last.oid];
    });
    moveMeanwhile(evil);
    const said = await add('kept');
    expect([said.status, said.result['confirmed']]).toEqual([0, false]);
    expect(said.err).toContain(`Commit ${evil} from the remote was not taken over`);
    expect(said.err).toContain('What you did is kept here; `coord sync` publishes it.');
    hook('exit 0');
    git(clones.remote, ['update-ref', 'refs/heads/coord', good]);
    expect((await say(first, 'sync')).result).toMatchObject({ confirmed: true });
    expect(timesPublished(said.result['id'])).toBe(1);
  });

  it('is a fault that names it when the log was rewritten, and stays on the log here', async () => {
    const other = forged((log) => {
      const [one, two] = [log.at(-2), log.at(-1)];
      const before = present(one, 'the log has two commits');
      const record = JSON.parse(present(two, 'the log has two commits').batch) as object;
      const id = '01a1f954-9eba-70f0-98c5-310938257741';
      return [forgedOn(before, [{ ...record, id }]), before.oid];
    });
    moveMeanwhile(other);
    const said = await add('kept');
    expect([said.status, said.error.code]).toEqual([3, 'log-forked']);
    const { id } = said.error.data as { id?: string };
    expect(said.error.message).toContain(
      `The command ${id ?? ''} is kept on the log of this clone`,
    );
    expect(await idsHere()).toContain(id);
    // Who found it while publishing remembers it like who found it while looking.
    const offline = await say(first, 'task', 'add', 'more', '--as', 'ada', '--offline');
    expect([offline.status, offline.error.code]).toEqual([3, 'log-forked']);
  });
});

it('a command that is lost before a fault is refused, and what else changed is told', async () => {
  await say(first, 'agent', 'join', 'bob', '--as', 'bob');
  await add('wanted');
  const second = clones.clone('second');
  await say(second, 'status');
  const before = git(clones.remote, ['rev-parse', 'coord']).trim();
  await say(second, 'claim', 'T-1', '--as', 'bob');
  await say(second, 'task', 'add', 'another', '--as', 'bob');
  const claimed = git(clones.remote, ['rev-parse', 'coord']).trim();
  git(clones.remote, ['update-ref', 'refs/heads/coord', before]);
  // The first push meets the other's claim; the next ones are forbidden.
  await say(first, 'task', 'add', 'queued', '--as', 'ada', '--offline');
  hook(
    'if [ -e moved ]; then exit 1; fi; touch moved',
    `env -i PATH="$PATH" git --git-dir='${clones.remote}' update-ref refs/heads/coord ${claimed}`,
  );
  const said = await say(first, 'claim', 'T-1', '--as', 'ada');
  expect([said.status, said.error.code]).toEqual([1, 'task-claimed']);
  expect(said.err).toContain('T-2 is now T-3');
  // Who waits for the answer is told by it, not once more on the log.
  expect(JSON.stringify((await say(first, 'log', '--offline')).result)).not.toContain(
    'command.lost',
  );
  expect(said.err).toContain('does not let you write');
});

it('a command that is lost to what is good before a bad commit is refused, and the rest is told', async () => {
  await say(first, 'agent', 'join', 'bob', '--as', 'bob');
  await add('wanted');
  const before = git(clones.remote, ['rev-parse', 'coord']).trim();
  const second = clones.clone('second');
  await say(second, 'claim', 'T-1', '--as', 'bob');
  await say(second, 'task', 'add', 'another', '--as', 'bob');
  const evil = forged((log) => {
    const last = present(log.at(-1), 'the log has commits');
    const record = JSON.parse(last.batch) as Record<string, unknown> & { seq: number };
    return [forgedOn(last, [{ ...record, seq: record.seq + 1, at: 'never' }]), last.oid];
  });
  git(clones.remote, ['update-ref', 'refs/heads/coord', before]);
  await say(first, 'task', 'add', 'queued', '--as', 'ada', '--offline');
  moveMeanwhile(evil);
  const said = await say(first, 'claim', 'T-1', '--as', 'ada');
  expect([said.status, said.error.code]).toEqual([1, 'task-claimed']);
  expect(said.err).toContain('T-2 is now T-3');
  expect(said.err).toContain(`Commit ${evil} from the remote was not taken over`);
});
