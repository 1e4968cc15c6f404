// `coord verify` in a forked clone: how the two logs differ, and both ways to go on, which are walked as they are said.
import { renameSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import { forge, forgedOn, git, layOut } from '../log-forge.ts';
import { runShell } from '../shell.ts';
import { storeOf } from '../tampered-log.ts';

let clones: Clones;
let clone: string;
let ours: string;
let common: string;
let theirs: string;

/** Somebody replaces the last commit of the remote's log by another. */
beforeEach(async () => {
  clones = new Clones();
  clone = await clones.begin(['ada'], ['one', 'two']);
  ours = git(clones.remote, ['rev-parse', 'coord']).trim();
  const log = layOut(clones.remote);
  const [before, last] = [log.at(-2), log.at(-1)];
  if (before === undefined || last === undefined) throw new Error('the log has commits');
  common = before.oid;
  const record = JSON.parse(last.batch) as Record<string, unknown>;
  const other = { ...record, input: { title: 'theirs' } };
  theirs = forge(clones.remote, [forgedOn(before, [other])], common).at(-1) ?? '';
});
afterEach(() => clones.remove());

it('says both heads, the last commit of both, and how to go on', async () => {
  const { status, result } = await say(clone, 'verify');
  expect(status).toBe(1);
  expect(result['forked']).toEqual({
    remote: 'origin',
    here: { commit: ours, seq: 4 },
    there: { commit: theirs, seq: 4 },
    common: { commit: common, seq: 3 },
  });
  const [problem] = result['problems'] as { reason: string }[];
  expect(problem?.reason).toContain(`Here: ${ours} (seq 4). On origin: ${theirs} (seq 4).`);
  expect(problem?.reason).toContain(
    `that both have is ${common} (seq 3); since then: 1 commit here, 1 commit on origin.`,
  );
  expect(problem?.reason).toContain('coord sync');
  const offline = await runShell(['-C', clone, 'verify', '--offline']);
  expect([offline.status, offline.err]).toEqual([0, expect.stringMatching(/^coord: FORKED: /m)]);
});

it('counts nothing of a remote that was only set back', async () => {
  git(clones.remote, ['update-ref', 'refs/heads/coord', common]);
  const { out } = await runShell(['-C', clone, 'verify']);
  expect(out).toContain('since then: 1 commit here, 0 commits on origin.');
});

it('goes on with the log here once the branch is set back as it says', async () => {
  const { out } = await runShell(['-C', clone, 'verify']);
  const [, refspec = ''] = /--force URL-OF-THE-REMOTE (\S+)/.exec(out) ?? [];
  const pushed = await runShell([
    '-C',
    clone,
    'git',
    'push',
    '-q',
    '--force',
    clones.remote,
    refspec,
  ]);
  expect([pushed.status, refspec]).toEqual([0, `${ours}:refs/heads/coord`]);
  const added = await say(clone, 'task', 'add', 'three', '--as', 'ada');
  expect(added).toMatchObject({ status: 0, result: { confirmed: true } });
});

it("goes on with the remote's once the store is moved away as it says", async () => {
  const { out } = await runShell(['-C', clone, 'verify']);
  const moved = storeOf(clone).replace(/\.git$/, '.old.git');
  expect(out).toContain(`mv '${storeOf(clone)}' '${moved}' and then: coord sync`);
  renameSync(storeOf(clone), moved);
  expect(await say(clone, 'sync')).toMatchObject({ status: 0, result: { head: theirs } });
  const added = await say(clone, 'task', 'add', 'three', '--as', 'ada');
  expect(added).toMatchObject({ status: 0, result: { confirmed: true } });
  expect(git(moved, ['rev-parse', 'coord']).trim()).toBe(ours);
});
