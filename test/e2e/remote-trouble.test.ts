// Remotes that are away, empty, rewritten or malicious: the log known here stays as it is and usable.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { Clones, say } from '../clones.ts';
import { blob, forge, forgedOn, git, layOut, tree } from '../log-forge.ts';
import type { ForgedCommit } from '../log-forge.ts';
import { runShell } from '../shell.ts';

let clones: Clones;
beforeEach(() => {
  clones = new Clones();
});
afterEach(() => clones.remove());

const headOf = (repository: string): string =>
  git(join(repository, '.git', 'coord', 'store.git'), ['rev-parse', 'refs/heads/coord']).trim();

describe('a remote that cannot be reached', () => {
  it('is no failure: the command is kept, not confirmed, and published later', async () => {
    const first = await clones.begin(['ada']);
    git(first, ['remote', 'set-url', 'origin', join(clones.folder, 'nowhere.git')]);
    const said = await say(first, 'task', 'add', 'meanwhile', '--as', 'ada');
    expect(said).toMatchObject({ status: 0, result: { confirmed: false } });
    expect(said.err).toContain('origin cannot be reached');
    expect((await say(first, 'status')).status).toBe(0);
    expect(await say(first, 'sync')).toMatchObject({
      ...{ status: 3, error: { code: 'remote-unreachable' } },
    });
    git(first, ['remote', 'set-url', 'origin', clones.remote]);
    expect(await say(first, 'sync')).toMatchObject({ status: 0, result: { confirmed: true } });
    expect(clones.records().at(-1)).toMatchObject({ input: { title: 'meanwhile' } });
  });

  it('lets init create no log that may exist already, unless offline', async () => {
    const lonely = join(clones.folder, 'lonely');
    git(clones.folder, ['init', '-q', lonely]);
    git(lonely, ['remote', 'add', 'origin', join(clones.folder, 'nowhere.git')]);
    const refused = await say(lonely, 'init');
    expect([refused.status, refused.error.code]).toEqual([3, 'remote-unreachable']);
    expect(await say(lonely, 'init', '--offline')).toMatchObject({
      ...{ status: 0, result: { confirmed: false } },
    });
  });

  it('does not keep a fresh clone from its first look', async () => {
    await clones.begin(['ada'], ['a task']);
    const offline = clones.clone('offline');
    const tasks = await say(offline, 'task', 'list', '--offline');
    expect([tasks.status, tasks.err]).toEqual([0, '']);
    expect(JSON.stringify(tasks.result)).toContain('a task');
    const away = clones.clone('away');
    git(away, ['remote', 'set-url', 'origin', join(clones.folder, 'nowhere.git')]);
    const looked = await say(away, 'task', 'list');
    expect(JSON.stringify(looked.result)).toContain('a task');
    expect(await say(away, 'claim', 'T-1', '--as', 'ada')).toMatchObject({
      ...{ status: 0, result: { confirmed: false } },
    });
    git(away, ['remote', 'set-url', 'origin', clones.remote]);
    expect(await say(away, 'sync')).toMatchObject({ result: { confirmed: true, lost: [] } });
    expect(await say(offline, 'init', '--offline')).toMatchObject({
      ...{ status: 1, error: { code: 'log-exists' } },
    });
  });
});

describe('a remote without a log', () => {
  it('answers reads empty and refuses writes with the next step', async () => {
    const clone = clones.clone('fresh');
    expect((await say(clone, 'status')).status).toBe(0);
    const refused = await say(clone, 'task', 'add', 'x', '--as', 'ada');
    expect([refused.status, refused.error.code]).toEqual([1, 'no-log']);
    expect(refused.error.message).toContain('coord init');
    expect(await say(clone, 'sync')).toMatchObject({ status: 1, error: { code: 'no-log' } });
  });

  it('is given one log when two clones create it at once', async () => {
    const [one, two] = [clones.clone('one'), clones.clone('two')];
    const both = await Promise.all([say(one, 'init'), say(two, 'init')]);
    const created = both.filter(({ status }) => status === 0);
    expect(created).toHaveLength(1);
    expect(clones.records()).toHaveLength(1);
    expect(clones.records()[0]).toMatchObject({ log: created[0]?.result['log'] });
    expect(both.find(({ status }) => status !== 0)).toMatchObject({
      ...{ status: 1, error: { code: 'log-exists' } },
    });
    for (const clone of [one, two]) expect((await say(clone, 'sync')).status).toBe(0);
    expect(headOf(one)).toBe(headOf(two));
  });
});

describe('a remote that does not let us write', () => {
  const denyPushes = (): string => {
    const path = join(clones.remote, 'hooks', 'pre-receive');
    writeFileSync(path, '#!/bin/sh\necho no writing today >&2\nexit 1\n');
    chmodSync(path, 0o755);
    return path;
  };

  it('keeps nobody from creating a log here, which is published once it may', async () => {
    const hook = denyPushes();
    const lonely = clones.clone('lonely');
    const created = await runShell(['-C', lonely, 'init']);
    expect(created.status).toBe(0);
    expect(created.err).toMatch(/^coord: origin does not let you write the branch coord: /);
    expect(created.err).toContain('`coord sync` publishes it once you may');
    expect(created.out).toContain('not on the remote yet');
    expect(created.out).toContain('Next: coord sync');
    const again = await say(lonely, 'init');
    expect([again.status, again.error.code]).toEqual([1, 'log-exists']);
    expect(await say(lonely, 'task', 'add', 'x')).toMatchObject({ result: { confirmed: false } });
    rmSync(hook);
    expect(await say(lonely, 'sync')).toMatchObject({ status: 0, result: { confirmed: true } });
    expect(clones.records().map(({ op }) => op)).toEqual(['log.init', 'task.add']);
  });

  it('says so to programs, and what somebody else publishes takes the place of what nobody used', async () => {
    const hook = denyPushes();
    const [lonely, other] = [clones.clone('lonely'), clones.clone('other')];
    const created = await say(lonely, 'init');
    expect(created).toMatchObject({ status: 0, result: { confirmed: false } });
    expect(created.err).toContain('does not let you write');
    rmSync(hook);
    expect(await say(other, 'init')).toMatchObject({ status: 0, result: { confirmed: true } });
    expect(await say(lonely, 'sync')).toMatchObject({ status: 0, result: { confirmed: true } });
    expect(headOf(lonely)).toBe(headOf(other));
  });
});

describe('a log that was created while another was published', () => {
  it('gives way as long as nobody used it, and is forked after that', async () => {
    const [one, two, three] = [clones.clone('one'), clones.clone('two'), clones.clone('three')];
    for (const clone of [one, three]) await say(clone, 'init', '--offline');
    await say(three, 'task', 'add', 'mine', '--offline');
    await say(two, 'init');
    expect(await say(one, 'sync')).toMatchObject({ status: 0, result: { confirmed: true } });
    expect(headOf(one)).toBe(headOf(two));
    const kept = headOf(three);
    expect(await say(three, 'sync')).toMatchObject({ status: 3, error: { code: 'log-forked' } });
    expect(headOf(three)).toBe(kept);
  });
});

describe('a remote whose log was rewritten', () => {
  it('is named as forked with both heads, and nothing changes', async () => {
    const first = await clones.begin(['ada', 'bob']);
    const known = headOf(first);
    const log = layOut(clones.remote);
    const rewritten = forge(clones.remote, log.slice(0, 2)).at(-1);
    for (const words of [['sync'], ['task', 'add', 'x', '--as', 'ada']]) {
      const said = await say(first, ...words);
      expect([said.status, said.error.code]).toEqual([3, 'log-forked']);
      expect(said.error.message).toContain(known);
      expect(said.error.message).toContain(rewritten);
    }
    expect(headOf(first)).toBe(known);
    expect(git(clones.remote, ['rev-parse', 'coord']).trim()).toBe(rewritten);
    expect((await say(first, 'task', 'list', '--offline')).status).toBe(0);
    expect(await say(first, 'verify', '--offline')).toMatchObject({ result: { valid: true } });
    expect(await say(first, 'verify')).toMatchObject({ status: 1, result: { valid: false } });
  });

  it('is named as forked when it was set back', async () => {
    const first = await clones.begin(['ada', 'bob']);
    git(clones.remote, ['update-ref', 'refs/heads/coord', 'coord~1']);
    expect(await say(first, 'sync')).toMatchObject({ status: 3, error: { code: 'log-forked' } });
  });
});

describe('a commit that nobody should take over', () => {
  type Evil = (last: ForgedCommit, remote: string) => ForgedCommit;
  const record = (last: ForgedCommit): object => {
    const before = JSON.parse(last.batch) as Record<string, unknown> & { seq: number };
    const id = '01a1f954-9eba-70f0-98c5-310938257741';
    const events = [{ type: 'forged.thing', data: {} }];
    return { ...before, id, seq: before.seq + 1, events };
  };
  const withEntry =
    (name: string, mode: string, text: string): Evil =>
    (last, remote) => {
      const made = forgedOn(last, [record(last)]);
      const entry = { mode, oid: blob(remote, text) };
      return { ...made, entries: new Map([...made.entries, [name, entry]]) };
    };
  const evils: [string, Evil][] = [
    ['a foreign file', withEntry('evil.sh', '100644', 'x')],
    ['an executable', withEntry('README.md', '100755', 'x')],
    ['a link', withEntry('README.md', '120000', '/etc/passwd')],
    [
      'a merge',
      (last, remote) => ({
        ...forgedOn(last, [record(last)]),
        moreParents: [git(remote, ['rev-parse', 'main']).trim()],
      }),
    ],
    [
      'a chain that does not fit',
      (last) => {
        const made = forgedOn(last, [record(last)]);
        return { ...made, message: made.message.replace(/sha256:..../, 'sha256:0000') };
      },
    ],
    [
      'a file that is no file, below the checkpoint',
      (last, remote) => {
        const made = forgedOn(last, [record(last)]);
        const link = { mode: '120000', oid: blob(remote, '/etc/passwd') };
        const oid = tree(remote, new Map([['meta.json', link]]));
        const checkpoint = { mode: '040000', oid };
        return { ...made, entries: new Map([...made.entries, ['checkpoint', checkpoint]]) };
      },
    ],
    ['no trailers', (last) => ({ ...forgedOn(last, [record(last)]), message: 'Hello\n' })],
  ];

  it('is refused by name, whatever is wrong with it; the log known here goes on', async () => {
    const first = await clones.begin(['ada']);
    const [known, good] = [headOf(first), layOut(clones.remote)];
    const last = present(good.at(-1), 'the log has commits');
    for (const [name, evil] of evils) {
      const [oid = ''] = forge(clones.remote, [evil(last, clones.remote)], last.oid);
      const said = await say(first, 'sync');
      expect([name, said.status, said.error]).toEqual([
        ...[name, 3],
        expect.objectContaining({ code: 'log-corrupt' }),
      ]);
      expect(said.error.message, name).toContain(oid);
      expect(headOf(first), name).toBe(known);
      expect((await runShell(['-C', first, 'status', '--offline'])).status, name).toBe(0);
      git(clones.remote, ['update-ref', 'refs/heads/coord', last.oid]);
    }
    expect(await say(first, 'task', 'add', 'on', '--as', 'ada')).toMatchObject({
      ...{ status: 0, result: { confirmed: true } },
    });
  });

  it('is refused by a fresh clone too, online and offline', async () => {
    await clones.begin(['ada']);
    const last = present(layOut(clones.remote).at(-1), 'the log has commits');
    const evil = withEntry('evil.sh', '100644', 'x')(last, clones.remote);
    forge(clones.remote, [evil], last.oid);
    mkdirSync(join(clones.folder, 'x'));
    const clone = clones.clone('fresh');
    expect(await say(clone, 'status', '--offline')).toMatchObject({
      ...{ status: 3, error: { code: 'log-corrupt' } },
    });
    expect(await say(clone, 'status')).toMatchObject({ error: { code: 'log-corrupt' } });
  });
});
