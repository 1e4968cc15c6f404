// What every store of the log must do, whatever lies underneath: one suite, run against each of them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { formatMessage } from '../../src/log/message.ts';
import type { CommitDraft, LogStore } from '../../src/log/store.ts';

export interface StoreUnderTest {
  readonly store: LogStore;
  /** Another handle on the same log, as another process would have it; the same one where there can be none. */
  readonly reopen: () => Promise<LogStore>;
  readonly dispose: () => Promise<void>;
}

const meta = 'checkpoint/meta.json';
const chain = 'ab'.repeat(32);
const at = '2026-11-20T12:00:00.000Z';

function message(seq: number, tail: number): string {
  return formatMessage(['lock.acquire'], { seq, count: 1, tail, chain });
}

/** The first commit: every file of the format, and a checkpoint. */
function genesis(name = 'one'): CommitDraft {
  const files = new Map([
    ['format', 'coord-log 1\n'],
    ['batch.ndjson', `{"seq":1,"by":"${name}"}\n`],
    ['README.md', '# Board\n'],
    [meta, '{"of":1}\n'],
    ['checkpoint/seen.json', '[]\n'],
  ]);
  return { message: message(1, 0), at, files, removed: [], replacesCheckpoint: true };
}

function following(seq: number, batch = `{"seq":${seq}}\n`): CommitDraft {
  const files = new Map([['batch.ndjson', batch]]);
  return { message: message(seq, seq - 1), at, files, removed: [], replacesCheckpoint: false };
}

async function put(
  store: LogStore,
  draft: CommitDraft,
  expected: string | null = null,
): Promise<string> {
  const result = await store.append(draft, expected);
  if (!result.ok) throw new Error(`The append was refused: ${result.reason}.`);
  return result.oid;
}

/** A log of so many commits; their names, oldest first. */
async function grow(store: LogStore, commits: number): Promise<string[]> {
  const oids = [await put(store, genesis())];
  while (oids.length < commits) {
    oids.push(await put(store, following(oids.length + 1), present(oids.at(-1), 'one before')));
  }
  return oids;
}

/** Defines the suite for a store; every test gets a log of its own. */
export function describeLogStore(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`the log store ${name}`, () => {
    let made: StoreUnderTest;
    let store: LogStore;

    beforeEach(async () => {
      made = await make();
      store = made.store;
    });
    afterEach(() => made.dispose());

    const namesIn = async (range: Parameters<LogStore['read']>[0]): Promise<string[]> =>
      (await store.read(range)).commits.map(({ oid }) => oid);

    it('answers about nothing before there is a log', async () => {
      expect(store.place).not.toBe('');
      expect(await store.head()).toBeNull();
      expect(await store.read({ commitsMax: 10 })).toEqual({
        ...{ head: null, commits: [], isComplete: true },
      });
    });

    it('takes a genesis, once', async () => {
      const oid = await put(store, genesis());
      expect(await store.head()).toBe(oid);
      expect(await store.append(genesis('two'), null)).toEqual({ ok: false, reason: 'stale' });
      expect(await namesIn({ commitsMax: 10 })).toEqual([oid]);
    });

    it('refuses to append to what is not there', async () => {
      const absent = '0123456789'.repeat(4);
      expect(await store.append(following(2), absent)).toEqual({ ok: false, reason: 'stale' });
      expect(await store.head()).toBeNull();
    });

    it('appends on the head, and gives back what was written', async () => {
      const [first, second] = await grow(store, 2);
      const { head, commits, isComplete } = await store.read({ commitsMax: 10 });
      expect([head, isComplete]).toEqual([second, true]);
      expect(commits.map(({ oid, parents }) => [oid, parents])).toEqual([
        [first, []],
        [second, [first]],
      ]);
      expect(commits.map((each) => each.message.trimEnd())).toEqual([
        message(1, 0).trimEnd(),
        message(2, 1).trimEnd(),
      ]);
      expect(commits.map(({ batch }) => batch)).toEqual(['{"seq":1,"by":"one"}\n', '{"seq":2}\n']);
    });

    it('refuses an append on an older head, and changes nothing', async () => {
      const [first, second] = await grow(store, 2);
      expect(await store.append(following(2, 'lost\n'), present(first, 'a genesis'))).toEqual({
        ...{ ok: false, reason: 'stale' },
      });
      expect(await store.head()).toBe(second);
      const { commits } = await store.read({ commitsMax: 10 });
      expect(commits.map(({ batch }) => batch)).not.toContain('lost\n');
    });

    it('reads ranges, oldest first, and tells whether it reached the end', async () => {
      const oids = await grow(store, 6);
      const [a = '', b, c = '', d = '', e, f] = oids;
      const read = async (range: Parameters<LogStore['read']>[0]) => {
        const { head, commits, isComplete } = await store.read(range);
        expect(head).toBe(f);
        return [commits.map(({ oid }) => oid), isComplete];
      };
      expect(await read({ commitsMax: 6 })).toEqual([oids, true]);
      expect(await read({ commitsMax: 2 })).toEqual([[e, f], false]);
      expect(await read({ until: c, commitsMax: 10 })).toEqual([[d, e, f], true]);
      expect(await read({ until: c, commitsMax: 3 })).toEqual([[d, e, f], true]);
      expect(await read({ until: a, commitsMax: 2 })).toEqual([[e, f], false]);
      expect(await read({ until: f ?? '', commitsMax: 10 })).toEqual([[], true]);
      expect(await read({ from: d, commitsMax: 10 })).toEqual([[a, b, c, d], true]);
      expect(await read({ from: d, until: a, commitsMax: 10 })).toEqual([[b, c, d], true]);
      expect(await read({ from: d, commitsMax: 1 })).toEqual([[d], false]);
    });

    it('does not take a commit that is not below the head for the end', async () => {
      await grow(store, 3);
      const { commits, isComplete } = await store.read({
        ...{ until: '0123456789'.repeat(4), commitsMax: 10 },
      });
      expect([commits.length, isComplete]).toEqual([3, false]);
    });

    it('carries a checkpoint over until it is replaced as a whole', async () => {
      const [first = '', second = ''] = await grow(store, 2);
      const before = new Map([
        [meta, '{"of":1}\n'],
        ['checkpoint/seen.json', '[]\n'],
      ]);
      expect(new Map(await store.checkpoint(first))).toEqual(before);
      expect(new Map(await store.checkpoint(second))).toEqual(before);
      const files = new Map([
        ['batch.ndjson', '{"seq":3}\n'],
        ['README.md', '# Another board\n'],
        [meta, '{"of":3}\n'],
        ['checkpoint/task.json', '{"$map":[]}\n'],
      ]);
      const draft = { message: message(3, 0), at, files, removed: [], replacesCheckpoint: true };
      const third = await put(store, draft, second);
      const fourth = await put(store, following(4), third);
      const after = new Map([
        [meta, '{"of":3}\n'],
        ['checkpoint/task.json', '{"$map":[]}\n'],
      ]);
      expect(new Map(await store.checkpoint(third))).toEqual(after);
      expect(new Map(await store.checkpoint(fourth))).toEqual(after);
      expect(new Map(await store.checkpoint(second))).toEqual(before);
    });

    it('changes and takes away single files of a checkpoint, folders and all, and carries the rest', async () => {
      const one = await put(store, genesis());
      const file = (path: string, text: string): [string, string] => [`checkpoint/${path}`, text];
      const whole = new Map([
        file('meta.json', '{"of":2}\n'),
        file('task.json', '{}\n'),
        file('task/0/00.json', '[1]\n'),
        file('task/0/01.json', '[2]\n'),
        file('seen/0/00.json', '{}\n'),
      ]);
      const base = { at, removed: [], replacesCheckpoint: false };
      const batch = ['batch.ndjson', '{"seq":2}\n'] as const;
      const two = await put(
        store,
        {
          ...base,
          message: message(2, 0),
          files: new Map([batch, ...whole]),
          replacesCheckpoint: true,
        },
        one,
      );
      expect(new Map(await store.checkpoint(two))).toEqual(whole);
      const changed = [file('meta.json', '{"of":3}\n'), file('task/1/00.json', '[3]\n')];
      const removed = ['checkpoint/task/0/00.json', 'checkpoint/seen/0/00.json'];
      const files = new Map([batch, ...changed]);
      const three = await put(store, { ...base, message: message(3, 0), files, removed }, two);
      const left = new Map([...whole].filter(([path]) => !removed.includes(path)));
      expect(new Map(await store.checkpoint(three))).toEqual(new Map([...left, ...changed]));
      expect(new Map(await store.checkpoint(two))).toEqual(whole);
    });

    it('keeps every text as it is', async () => {
      const text =
        '{"a":"Grün 🟢 e\u0301 \u202e \u2028 \\u0000 \uFEFF \r"}\n{"b":"' +
        '\u{10FFFF}'.repeat(9) +
        '"}\n';
      const first = await put(store, genesis());
      const oid = await put(store, following(2, text), first);
      const { commits } = await store.read({ from: oid, commitsMax: 1 });
      expect(commits[0]?.batch).toBe(text);
      const bom = await put(store, following(3, `\uFEFF${text}`), oid);
      expect((await store.read({ from: bom, commitsMax: 1 })).commits[0]?.batch).toBe(
        `\uFEFF${text}`,
      );
    });

    it('keeps a batch of 300 KB', async () => {
      const line = `{"text":"${'ü🟢x'.repeat(100)}"}\n`;
      const lines = Math.ceil((300 * 1024) / Buffer.byteLength(line));
      const batch = line.repeat(lines);
      const oid = await put(store, following(2, batch), await put(store, genesis()));
      const { commits } = await store.read({ from: oid, commitsMax: 1 });
      expect(commits[0]?.batch === batch).toBe(true);
    });

    it('lets exactly one of three win each head', async () => {
      const handles = [store, store, await made.reopen()];
      let head = await put(store, genesis());
      for (let round = 2; round < 5; round += 1) {
        const results = await Promise.all(
          handles.map((handle, index) =>
            handle.append(following(round, `{"seq":${round},"by":${index}}\n`), head),
          ),
        );
        const winners = results.filter((result) => result.ok);
        expect(winners).toHaveLength(1);
        expect(results.filter((result) => !result.ok && result.reason === 'stale')).toHaveLength(2);
        head = present(await store.head(), 'there is a log');
        expect(winners).toEqual([{ ok: true, oid: head }]);
      }
      expect(await namesIn({ commitsMax: 10 })).toHaveLength(4);
    });

    it('lets exactly one of three create the log', async () => {
      const handles = [store, store, await made.reopen()];
      const results = await Promise.all(
        handles.map((handle, index) => handle.append(genesis(`${index}`), null)),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await namesIn({ commitsMax: 10 })).toHaveLength(1);
    });

    it('shows everything to another handle', async () => {
      const other = await made.reopen();
      expect(await other.head()).toBeNull();
      const oids = await grow(store, 3);
      expect(await other.head()).toBe(oids[2]);
      expect(await other.read({ commitsMax: 10 })).toEqual(await store.read({ commitsMax: 10 }));
      const fourth = await put(other, following(4), present(oids[2], 'three commits'));
      expect(await store.head()).toBe(fourth);
    });

    it('runs exclusive work, and goes on after work that failed', async () => {
      const first = await put(store, genesis());
      const failing = store.exclusively(() => Promise.reject(new Error('as meant')));
      await expect(failing).rejects.toThrow('as meant');
      const second = await store.exclusively(() => put(store, following(2), first));
      expect(await store.head()).toBe(second);
    });
  });
}
