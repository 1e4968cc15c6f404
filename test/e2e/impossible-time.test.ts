// A push whose times cannot be is not taken over, and does not stop a clone that knows the log already.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { Clones, say } from '../clones.ts';
import { forge, forgedOn, git, layOut } from '../log-forge.ts';
import { runShell } from '../shell.ts';

let clones: Clones;
let clone: string;

beforeEach(async () => {
  clones = new Clones();
  clone = await clones.begin(['codex']);
}, 60_000);
afterEach(() => clones.remove());

/** Pushes a record like the last with another time, as anybody can who may push; answers what was there before. */
function push(at: string): string {
  const last = present(layOut(clones.remote).at(-1), 'the log has commits');
  const record = JSON.parse(last.batch.trim().split('\n').at(-1) ?? '') as { seq: number };
  const id = '01a1f954-9eba-70f0-98c5-310938250001';
  const events = [{ type: 'task.painted', data: {} }];
  forge(
    clones.remote,
    [forgedOn(last, [{ ...record, id, at, events, seq: record.seq + 1 }])],
    last.oid,
  );
  return last.oid;
}

const later = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

it('goes on with what is known, unconfirmed, until the branch is set back', async () => {
  const good = push('2099-01-01T00:00:00.000Z');
  const asked = await runShell(['-C', clone, 'status']);
  expect(asked.status).toBe(0);
  expect(asked.err).toMatch(
    /state known here\. Commit [0-9a-f]{40} from the remote was not taken over/,
  );
  expect(asked.err).toContain(`back to ${good}, the last good commit`);
  const locked = await say(clone, 'lock', 'src/a.ts', '--as', 'codex');
  expect(locked).toMatchObject({ status: 0, result: { confirmed: false } });
  expect((await say(clone, 'sync')).error).toMatchObject({ code: 'log-ahead' });
  const verified = await say(clone, 'verify');
  expect(verified).toMatchObject({ status: 1, result: { valid: false } });
  expect(JSON.stringify(verified.result)).toMatch(/300 s ahead of the clock here/);

  git(clones.remote, ['update-ref', 'refs/heads/coord', good]);
  expect((await say(clone, 'sync')).status).toBe(0);
  expect(clones.records().at(-1)).toMatchObject({ op: 'lock.acquire' });
  expect((await say(clone, 'verify')).result).toMatchObject({ valid: true });
}, 60_000);

it('lets a clone that knows nothing yet begin with what is good before it', async () => {
  const good = push('2099-01-01T00:00:00.000Z');
  const fresh = clones.clone('fresh');
  const { status, err } = await say(fresh, 'agent', 'show', 'codex');
  expect([status, err]).toEqual([0, expect.stringContaining(`back to ${good}, the last good`)]);
}, 60_000);

it('takes over what a clock that is a little ahead wrote', async () => {
  push(later(200));
  expect((await say(clone, 'lock', 'src/a.ts', '--as', 'codex')).result).toMatchObject({
    confirmed: true,
  });
}, 60_000);

it('refuses a time before the last one as what it is', async () => {
  const good = push('2020-01-01T00:00:00.000Z');
  const { status, error } = await say(clone, 'status');
  expect([status, error.code]).toEqual([3, 'log-corrupt']);
  expect(error.message).toMatch(
    /its time 2020-01-01T00:00:00.000Z is before .*the time of the last record/,
  );
  expect(error.data).toMatchObject({ parent: good, line: 1 });
  expect((await say(clone, 'status', '--offline')).status).toBe(0);
}, 60_000);
