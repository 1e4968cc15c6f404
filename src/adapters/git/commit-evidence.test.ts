// Commits come the same way out of the installed git and out of our own reader, and neither believes an object its name.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { git } from '../../../test/log-forge.ts';
import { present } from '../../kernel/assert.ts';
import type { Evidence } from '../../log/verify.ts';
import { evidenceInTurns } from './commit-evidence.ts';
import { streamObjects } from './object-stream.ts';
import { openBareStore } from './store/git-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'coord evidence '));
const directory = join(folder, 'store.git');
/** More than are worth a process of git. */
const count = 600;
const checkpointEvery = 90;
const loose = ['-c', 'fastimport.unpackLimit=100000'];
/** Larger than what is held of the stream at once. */
const large = 'x'.repeat(3_000_000);
let oids: string[] = [];

function inlined(path: string, text: string): string {
  return `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
}

function commitText(index: number): string {
  const newest = Math.floor(index / checkpointEvery);
  const files = [
    inlined('batch.ndjson', `{"batch":${index}}\n`),
    inlined('format', 'coord-log 1\n'),
    ...(index % checkpointEvery > 0
      ? []
      : [
          inlined('checkpoint/meta.json', `{"bytes":${newest}}\n`),
          inlined('checkpoint/task/0/00.json', newest === 3 ? large : `[${newest}]\n`),
          // The same bytes as the meta file, under a name that nobody asks for.
          inlined('checkpoint/a.json', `{"bytes":${newest}}\n`),
        ]),
  ];
  const who = 'committer Ada <ada@example.org> 1795176000 +0000\n';
  const message = `batch ${index}\n`;
  const from = index === 0 ? '' : `from :${index}\n`;
  return `commit refs/heads/coord\nmark :${index + 1}\n${who}data ${message.length}\n${message}${from}${files.join('')}\n`;
}

beforeAll(() => {
  git(folder, ['init', '-q', '--bare', directory]);
  const commits = Array.from({ length: count }, (_each, index) => commitText(index));
  git(directory, [...loose, 'fast-import', '--quiet'], commits.join(''));
  oids = git(directory, ['rev-list', '--reverse', 'coord']).trim().split('\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const at = (index: number): string => present(oids[index], 'a commit of the log');
/** Puts other bytes under the name of a loose object; git does not mind, for it hashes nothing that it reads. */
function replace(object: string, text: string): void {
  const oid = git(directory, ['rev-parse', object]).trim();
  const path = join(directory, 'objects', oid.slice(0, 2), oid.slice(2));
  chmodSync(path, 0o644);
  writeFileSync(path, deflateSync(Buffer.from(`blob ${text.length}\0${text}`)));
  expect(git(directory, ['cat-file', 'blob', oid])).toBe(text);
}

interface Read {
  readonly evidence: Evidence[];
  /** Objects that our own reader was asked for. */
  readonly asked: number;
}

async function readAll(names: readonly string[]): Promise<Read> {
  const store = openBareStore(directory);
  let asked = 0;
  const counting = {
    dir: store.dir,
    readCommit: (oid: string) => ((asked += 1), store.readCommit(oid)),
    readTree: (oid: string) => ((asked += 1), store.readTree(oid)),
    readBlob: (oid: string) => ((asked += 1), store.readBlob(oid)),
  };
  const evidence: Evidence[] = [];
  for await (const { commits } of evidenceInTurns(counting, names)) {
    // The bytes last as long as the turn.
    evidence.push(...commits.map((each) => ({ ...each, batch: Buffer.from(each.batch ?? []) })));
  }
  store.close();
  return { evidence, asked };
}

describe('evidence', () => {
  it('is the same by the installed git as by our own reader', async () => {
    const byGit = await readAll(oids);
    expect(byGit.asked).toBe(0);
    const half = 3 * checkpointEvery;
    const [first, second] = [await readAll(oids.slice(0, half)), await readAll(oids.slice(half))];
    expect(first.asked).toBeGreaterThan(half);
    expect(byGit.evidence).toEqual([...first.evidence, ...second.evidence]);
    expect(byGit.evidence[2 * checkpointEvery]).toMatchObject({
      ...{ format: 'coord-log 1\n', meta: '{"bytes":2}\n', unreadable: [] },
      parents: [at(2 * checkpointEvery - 1)],
    });
  });

  it('is the same where git is not there', async () => {
    const byGit = await readAll(oids);
    vi.stubEnv('PATH', join(folder, 'nothing'));
    const without = await readAll(oids);
    expect(without.asked).toBeGreaterThan(count);
    expect(without.evidence).toEqual(byGit.evidence);
  });

  it('tells an object that is not what its name says, and reads everything else', async () => {
    replace(`${at(500)}:batch.ndjson`, '{"batch":501}\n');
    const { evidence, asked } = await readAll(oids);
    expect(evidence).toHaveLength(count);
    expect(evidence.filter(({ unreadable }) => unreadable.length > 0)).toMatchObject([
      { oid: at(500), unreadable: [{ path: 'batch.ndjson' }] },
    ]);
    expect(asked).toBe(1);
  });
});

describe('a stream of objects', () => {
  it('has those of the commits that are asked for, and no commit that is not here', async () => {
    const nobody = '7'.repeat(40);
    const stream = streamObjects(directory, [at(0), nobody, at(1), at(2)]);
    const first = await stream.take([at(0), nobody]);
    expect([...first.keys()].filter((oid) => oids.includes(oid))).toEqual([at(0)]);
    expect(first.size).toBe(9);
    const others = await stream.take([at(1), at(2)]);
    expect([...others.values()].map(({ type }) => type)).toEqual([
      ...['commit', 'tree', 'blob', 'commit', 'tree', 'blob'],
    ]);
    expect(await stream.take([])).toEqual(new Map());
    stream.close();
  });
});
