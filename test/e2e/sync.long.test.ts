// Several clones of one remote: one order for everybody, whoever was offline, late or in doubt.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Clones, say, saidBy } from '../clones.ts';
import { git } from '../log-forge.ts';
import { spawnShell } from '../shell.ts';

let clones: Clones;
beforeEach(() => {
  clones = new Clones();
});
afterEach(() => clones.remove());

function eventTypes(records: readonly Record<string, unknown>[]): string[] {
  return records.flatMap(({ events }) => (events as { type: string }[]).map(({ type }) => type));
}

describe('two clones that want the same', () => {
  it('have one winner, and the loser is told', async () => {
    const first = await clones.begin(['ada', 'bob'], ['the one task']);
    const second = clones.clone('second');
    expect(await say(first, 'claim', 'T-1', '--as', 'ada')).toMatchObject({
      status: 0,
      result: { confirmed: true },
    });
    const lost = await say(second, 'claim', 'T-1', '--as', 'bob');
    expect([lost.status, lost.error.code]).toEqual([1, 'task-claimed']);
    expect(lost.error.message).toContain('ada');
    expect(eventTypes(clones.records()).filter((type) => type === 'task.claimed')).toHaveLength(1);
  });

  it('have one winner when both act at the same time', async () => {
    const first = await clones.begin(['ada', 'bob'], ['the one task']);
    const second = clones.clone('second');
    const both = await Promise.all([
      say(first, 'claim', 'T-1', '--as', 'ada'),
      say(second, 'claim', 'T-1', '--as', 'bob'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([0, 1]);
    expect(eventTypes(clones.records()).filter((type) => type === 'task.claimed')).toHaveLength(1);
  });

  it('are told on the log when they were offline', async () => {
    const first = await clones.begin(['ada', 'bob'], ['the one task', 'another']);
    const second = clones.clone('second');
    await say(second, 'status');
    expect(await say(second, 'claim', 'T-1', '--as', 'bob', '--offline')).toMatchObject({
      status: 0,
      result: { confirmed: false },
    });
    await say(second, 'claim', 'T-2', '--as', 'bob', '--offline');
    await say(first, 'claim', 'T-1', '--as', 'ada');
    const synced = await say(second, 'sync');
    expect(synced.result).toMatchObject({ confirmed: true, again: 2 });
    expect(synced.result['lost']).toEqual([expect.objectContaining({ code: 'task-claimed' })]);
    const records = clones.records();
    expect(eventTypes(records)).toContain('command.lost');
    const lost = records.find(({ events }) => JSON.stringify(events).includes('command.lost'));
    expect(lost).toMatchObject({ actor: 'bob', op: 'task.claim' });
    expect((await say(first, 'sync')).result).toMatchObject({ head: synced.result['head'] });
    expect((await say(second, 'verify')).result).toMatchObject({ valid: true });
  });
});

describe('a push whose outcome nobody knows', () => {
  /** A `git` that pushes and then fails, as a broken connection does; once. */
  function doubtfulGit(then: string): string {
    const folder = join(clones.folder, 'bin');
    const real = git(clones.folder, ['--exec-path']).trim();
    mkdirSync(folder);
    const script = `#!/bin/sh
case " $* " in *" push "*)
  if [ ! -e "${folder}/done" ]; then
    touch "${folder}/done"; "${real}/git" "$@" >/dev/null 2>&1; ${then}
  fi;;
esac
exec "${real}/git" "$@"
`;
    writeFileSync(join(folder, 'git'), script);
    chmodSync(join(folder, 'git'), 0o755);
    return `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
  }

  it.each(['echo "fatal: the remote end hung up unexpectedly" >&2; exit 1', 'kill -9 $$'])(
    'is not doubled: %s',
    async (then) => {
      const first = await clones.begin(['ada']);
      const PATH = doubtfulGit(then);
      const words = ['-C', first, 'task', 'add', 'only once', '--as', 'ada', '--json'];
      const said = saidBy(await spawnShell(words, { PATH }));
      expect(said).toMatchObject({ status: 0, result: { confirmed: true } });
      const titles = clones.records().map(({ input }) => (input as { title?: string }).title);
      expect(titles.filter((title) => title === 'only once')).toHaveLength(1);
      expect((await say(first, 'sync')).result).toMatchObject({ confirmed: true, again: 0 });
    },
  );
});
