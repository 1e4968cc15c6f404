// Refs move by compare-and-swap, together with native git that updates and packs them at the same time.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../../kernel/assert.ts';
import {
  branch,
  complaints,
  ended,
  freshStore,
  git,
  replaceFs,
  scratchDirectory,
  tryGit,
  writeCommit,
} from './git-store.fixture.ts';
import type { GitStore } from './git-store.ts';
import { readRef, refMarks, removeStaleRefLock, swapRef } from './ref.ts';

let scratch: ReturnType<typeof scratchDirectory>;
let store: GitStore;
let one: string;
let two: string;

beforeEach(() => {
  scratch = scratchDirectory();
  store = freshStore(scratch.path);
  one = writeCommit(store, null, 'one');
  two = writeCommit(store, one, 'two');
});
afterEach(() => scratch.remove());

function swap(expected: string | null, next: string, name = branch): ReturnType<typeof swapRef> {
  return swapRef(store.dir, { name, expected, next });
}

describe('swapRef', () => {
  it('creates a ref only where there is none', () => {
    expect(readRef(store.dir, branch)).toBeNull();
    expect(swap(one, two)).toEqual({ ok: false, reason: 'stale', actual: null });
    expect(swap(null, one)).toEqual({ ok: true });
    expect(swap(null, two)).toEqual({ ok: false, reason: 'stale', actual: one });
    expect(git(store.dir, 'rev-parse', branch).trim()).toBe(one);
  });

  it('moves it only from what was expected', () => {
    swap(null, one);
    expect(swap(two, one)).toEqual({ ok: false, reason: 'stale', actual: one });
    expect(swap(one, two)).toEqual({ ok: true });
    expect(readRef(store.dir, branch)).toBe(two);
    expect(fs.readdirSync(join(store.dir, 'refs/heads'))).toEqual(['coord']);
  });

  it('knows refs that native git packed', () => {
    swap(null, one);
    git(store.dir, 'update-ref', 'refs/heads/coordinate', two);
    git(store.dir, 'pack-refs', '--all', '--prune');
    expect(fs.existsSync(join(store.dir, branch))).toBe(false);
    expect(readRef(store.dir, branch)).toBe(one);
    expect(swap(null, two)).toEqual({ ok: false, reason: 'stale', actual: one });
    expect(swap(one, two)).toEqual({ ok: true });
    expect(git(store.dir, 'rev-parse', branch).trim()).toBe(two);
  });

  it('makes the directories it needs, also when git removes them', () => {
    const name = 'refs/remotes/origin/coord';
    expect(swap(null, one, name)).toEqual({ ok: true });
    git(store.dir, 'pack-refs', '--all', '--prune');
    expect(fs.existsSync(join(store.dir, 'refs/remotes/origin'))).toBe(false);
    expect(swap(one, two, name)).toEqual({ ok: true });
  });

  it('answers locked while native git or anyone holds the lock', () => {
    swap(null, one);
    fs.writeFileSync(join(store.dir, `${branch}.lock`), '');
    expect(swap(one, two)).toEqual({ ok: false, reason: 'locked', actual: one });
    expect(tryGit(store.dir, ['update-ref', branch, two, one]).stderr).toContain('File exists');
  });

  it('is on disk before the name changes, and the name before it returns', () => {
    const steps: string[] = [];
    const restores = [
      replaceFs('fsyncSync', (sync) => (file) => {
        steps.push(fs.fstatSync(file).isDirectory() ? 'sync directory' : 'sync file');
        sync(file);
      }),
      replaceFs('renameSync', (rename) => (from, to) => {
        steps.push('rename');
        rename(from, to);
      }),
    ];
    swap(null, one);
    restores.forEach((restore) => restore());
    expect(steps).toEqual(['sync file', 'rename', 'sync directory']);
  });

  it('under the mutex takes turns with files that are kept, and git reads each', () => {
    const marks = refMarks(store.dir);
    const files = [null, one, two, one, two, one].map((expected, round) => {
      const next = round % 2 === 0 ? one : two;
      expect(swapRef(store.dir, { name: branch, expected, next }, marks)).toEqual({ ok: true });
      expect(git(store.dir, 'rev-parse', branch).trim()).toBe(next);
      return fs.statSync(join(store.dir, branch)).ino;
    });
    expect(new Set(files.slice(1)).size).toBe(2);
    marks.remove();
    expect(readRef(store.dir, branch)).toBe(two);
  });

  it('does not write a file anew whose ref the disk did not confirm to be another', () => {
    const marks = refMarks(store.dir);
    swapRef(store.dir, { name: branch, expected: null, next: one }, marks);
    swapRef(store.dir, { name: branch, expected: one, next: two }, marks);
    const before = fs.openSync(join(store.dir, branch), 'r');
    const restore = replaceFs('fsyncSync', () => () => {
      throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'fsync' });
    });
    expect(() => swapRef(store.dir, { name: branch, expected: two, next: one }, marks)).toThrow(
      'EIO',
    );
    restore();
    swapRef(store.dir, { name: branch, expected: one, next: two }, marks);
    swapRef(store.dir, { name: branch, expected: two, next: one }, marks);
    expect(fs.fstatSync(before).nlink).toBe(0);
    expect(fs.readFileSync(before, 'utf8')).toBe(`${two}\n`);
    fs.closeSync(before);
  });

  it('writes no file anew that was the ref when somebody else moved it', () => {
    const marks = refMarks(store.dir);
    swapRef(store.dir, { name: branch, expected: null, next: one }, marks);
    swapRef(store.dir, { name: branch, expected: one, next: two }, marks);
    const before = fs.openSync(join(store.dir, branch), 'r');
    git(store.dir, 'update-ref', branch, one);
    swapRef(store.dir, { name: branch, expected: one, next: two }, marks);
    swapRef(store.dir, { name: branch, expected: two, next: one }, marks);
    expect(fs.readFileSync(before, 'utf8')).toBe(`${two}\n`);
    expect(fs.fstatSync(before).nlink).toBe(0);
    fs.closeSync(before);
  });

  it('takes another mark where the first was swept before it was linked', () => {
    const marks = refMarks(store.dir);
    swapRef(store.dir, { name: branch, expected: null, next: one }, marks);
    let swept = 0;
    const restore = replaceFs('linkSync', (link) => (from, to) => {
      if (swept === 0) fs.unlinkSync(from);
      swept += 1;
      link(from, to);
    });
    const swapped = swapRef(store.dir, { name: branch, expected: one, next: two }, marks);
    restore();
    expect([swapped, swept]).toEqual([{ ok: true }, 2]);
    expect(readRef(store.dir, branch)).toBe(two);
  });

  it('leaves the old value and no lock when the disk is full', () => {
    swap(null, one);
    const restore = replaceFs('writeSync', () => () => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
    });
    expect(() => swap(one, two)).toThrow('ENOSPC');
    restore();
    expect(readRef(store.dir, branch)).toBe(one);
    expect(swap(one, two)).toEqual({ ok: true });
  });

  it.each([
    'HEAD',
    'refs/heads',
    'refs/../x/y',
    'refs/heads/a..b',
    'refs/heads/x.lock',
    'refs/heads/',
  ])('refuses the name %s', (name) =>
    expect(() => swap(null, one, name)).toThrow('is a full ref name'),
  );
});

describe('a broken ref', () => {
  it.each(['', 'garbage\n', 'ref: refs/heads/main\n', `${'0'.repeat(39)}\n`])(
    'holding %j is a fault, never a missing ref',
    (text) => {
      fs.writeFileSync(join(store.dir, branch), text);
      const fault = expect.objectContaining({ code: 'ref-corrupt' }) as unknown;
      expect(() => readRef(store.dir, branch)).toThrow(fault);
      expect(() => swap(null, one)).toThrow(fault);
      expect(fs.existsSync(join(store.dir, `${branch}.lock`))).toBe(false);
    },
  );
});

describe('removeStaleRefLock', () => {
  it('removes an old lock only', () => {
    const lock = join(store.dir, `${branch}.lock`);
    expect(removeStaleRefLock(store.dir, branch, 10)).toBe(false);
    fs.writeFileSync(lock, '');
    expect(removeStaleRefLock(store.dir, branch, 10)).toBe(false);
    const past = new Date(Date.now() - 11_000);
    fs.utimesSync(lock, past, past);
    expect(removeStaleRefLock(store.dir, branch, 10)).toBe(true);
    expect(fs.readdirSync(join(store.dir, 'refs/heads'))).toEqual([]);
    expect(fs.readdirSync(store.dir).filter((name) => name.startsWith('tmp_'))).toEqual([]);
  });

  it('knows a lock of ours by its mark, however new it is', () => {
    const lock = join(store.dir, `${branch}.lock`);
    const mark = join(store.dir, 'tmp_ref_1_killed');
    fs.writeFileSync(mark, `${one}\n`);
    fs.linkSync(mark, lock);
    fs.writeFileSync(join(store.dir, 'tmp_ref_1_another'), `${one}\n`);
    expect(removeStaleRefLock(store.dir, branch, 10)).toBe(true);
    expect([fs.existsSync(lock), fs.existsSync(mark)]).toEqual([false, false]);
    // What is no second name of the lock proves nothing.
    fs.writeFileSync(lock, '');
    expect(removeStaleRefLock(store.dir, branch, 10)).toBe(false);
  });

  it('knows a lock that the system did not let us remove', () => {
    swap(null, one);
    const restore = replaceFs('unlinkSync', (unlink) => (path) => {
      if (String(path).endsWith('.lock')) throw Object.assign(new Error('EIO'), { code: 'EIO' });
      unlink(path);
    });
    const stale = { name: branch, expected: two, next: two };
    expect(swapRef(store.dir, stale, refMarks(store.dir))).toMatchObject({ reason: 'stale' });
    restore();
    expect(removeStaleRefLock(store.dir, branch, 3600)).toBe(true);
    expect(swap(one, two)).toEqual({ ok: true });
  });

  it('gives back a lock that was taken after the old one was judged', () => {
    const lock = join(store.dir, `${branch}.lock`);
    fs.writeFileSync(lock, 'old');
    const past = new Date(Date.now() - 11_000);
    fs.utimesSync(lock, past, past);
    const restore = replaceFs('renameSync', (rename) => (from, to) => {
      fs.writeFileSync(`${lock}.new`, 'new');
      rename(`${lock}.new`, lock);
      rename(from, to);
    });
    expect(removeStaleRefLock(store.dir, branch, 10)).toBe(false);
    restore();
    expect(fs.readFileSync(lock, 'utf8')).toBe('new');
  });

  it('is done by a store that holds the mutex, and by no other', async () => {
    const impatient = freshStore(scratch.path, { staleRefLockSeconds: 0.05 });
    fs.writeFileSync(join(store.dir, `${branch}.lock`), '');
    await new Promise((resolve) => setTimeout(resolve, 60));
    const move = { name: branch, expected: null, next: one };
    expect(await impatient.swapRef(move)).toEqual({ ok: false, reason: 'locked', actual: null });
    expect(await impatient.withMutex(() => impatient.swapRef(move))).toEqual({ ok: true });
  });
});

describe('with native git at work', () => {
  it('no update of either side is lost', async () => {
    swap(null, one);
    const tree = store.readCommit(one).tree;
    const script = `
      added=0; packed=0
      while [ $added -lt 15 ]; do
        old=$(git rev-parse ${branch}) || exit 1
        new=$(git -c user.name=N -c user.email=e commit-tree ${tree} -p $old -m native) || exit 1
        if git update-ref ${branch} $new $old 2>/dev/null; then added=$((added + 1)); fi
        if [ $((packed % 3)) -eq 0 ]; then git pack-refs --all --prune 2>/dev/null; fi
        packed=$((packed + 1))
      done`;
    const native = spawn('sh', ['-c', script], { cwd: store.dir, stdio: 'ignore' });
    const done = ended(native);
    let ours = 0;
    while (native.exitCode === null) {
      const head = present(readRef(store.dir, branch), 'the branch never vanishes');
      const next = writeCommit(store, head, `ours ${ours}`);
      const result = swap(head, next);
      if (result.ok) ours += 1;
      // On a busy machine native git takes longer to move the branch; without room it would never win.
      await new Promise((resolve) => setTimeout(resolve, result.ok ? 40 : 3));
    }
    expect(await done).toBe(0);
    expect(ours).toBeGreaterThan(0);
    expect(git(store.dir, 'rev-list', '--count', branch).trim()).toBe(String(1 + 15 + ours));
    expect(complaints(store.dir)).toBe('');
  });
});
