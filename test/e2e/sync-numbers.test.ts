// What was made offline may get another number when it is decided again: whoever was told the old one hears the new one.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import { runShell } from '../shell.ts';

let clones: Clones;
let [ours, theirs] = ['', ''];
beforeEach(async () => {
  clones = new Clones();
  ours = await clones.begin(['ada', 'bob'], ['one']);
  theirs = clones.clone('theirs');
  await say(ours, 'task', 'add', 'mine', '--as', 'ada', '--offline');
  await say(ours, 'send', 'bob', 'Hello', '--as', 'ada', '--offline');
  await say(theirs, 'task', 'add', 'yours', '--as', 'bob');
  await say(theirs, 'send', 'ada', 'Hello', '--as', 'bob');
});
afterEach(() => clones.remove());

const renumbered = [
  { from: 'T-2', to: 'T-3' },
  { from: 'M-1', to: 'M-2' },
];
const both = 'T-2 is now T-3, M-1 is now M-2.';

describe('things that get another number', () => {
  it('are told by sync, to people and machines', async () => {
    expect((await say(ours, 'sync')).result).toMatchObject({ lost: [], renumbered });
    expect((await say(ours, 'sync')).result).toMatchObject({ renumbered: [] });
  });

  it('are told by sync in a line', async () => {
    const { out } = await runShell(['-C', ours, 'sync']);
    expect(out.split('\n')).toContain(`  ${both}`);
  });

  it.each([
    ['a question', ['task', 'list']],
    ['a command', ['task', 'add', 'next', '--as', 'ada']],
  ])('are told by the next command, once: %s', async (_, words) => {
    const said = await say(ours, ...words);
    expect([said.status, said.err]).toEqual([0, `coord: others were first on the log: ${both}`]);
    expect((await say(ours, ...words)).err).toBe('');
  });

  it('are not told of what kept its number, nor to others', async () => {
    expect((await say(theirs, 'task', 'list')).err).toBe('');
    await say(theirs, 'sync');
    await say(theirs, 'task', 'add', 'alone', '--as', 'bob', '--offline');
    expect((await say(theirs, 'sync')).result).toMatchObject({ renumbered: [] });
  });
});
