// A log of three checkpoints, laid out to be tampered with by plain git, and what each level of `coord verify` says to it.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalLog } from '../src/adapters/git/local-log.ts';
import { openBareStore } from '../src/adapters/git/store/git-store.ts';
import { present } from '../src/kernel/assert.ts';
import { git } from './log-forge.ts';
import type { ForgedCommit } from './log-forge.ts';
import { MemoryEngine } from './memory-engine.ts';
import { storeOf } from './tampered-log.ts';

/** Commits by their place: the checkpoints, and the last one. */
export const places = { genesis: 0, before: 97, newest: 194, head: 205 } as const;

/** What a commit is to be: its message, its batch, and its other files by path. */
export interface LongCommit {
  message: string;
  batch: string;
  /** Texts by full path, the batch left out. */
  files: Map<string, string>;
  moreParents: string[];
}

export type LongTamper = (log: LongCommit[]) => void;

function filesIn(
  store: ReturnType<typeof openBareStore>,
  tree: string,
  prefix = '',
): [string, string][] {
  return store
    .readTree(tree)
    .flatMap(({ mode, name, oid }): [string, string][] =>
      mode === '40000'
        ? filesIn(store, oid, `${prefix}${name}/`)
        : [[`${prefix}${name}`, store.readBlob(oid).toString('utf8')]],
    );
}

function layOut(storeDir: string): LongCommit[] {
  const store = openBareStore(storeDir);
  const commits: LongCommit[] = [];
  let next: string | undefined = store.readRef('refs/heads/coord') ?? undefined;
  while (next !== undefined) {
    const { tree, message, parents } = store.readCommit(next);
    const files = new Map(filesIn(store, tree));
    const batch = present(files.get('batch.ndjson'), 'every commit has a batch');
    files.delete('batch.ndjson');
    commits.unshift({ message, batch, files, moreParents: [] });
    next = parents[0];
  }
  store.close();
  return commits;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function commitText({ message, batch, files, moreParents }: LongCommit, index: number): string {
  const from = index === 0 ? '' : `from :${index}\n`;
  const merges = moreParents.map((parent) => `merge ${parent}\n`).join('');
  const all = [...files, ['batch.ndjson', batch] as const];
  const written = all.map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`).join('');
  const who = 'committer Mallory <mallory@example.org> 1795176000 +0000\n';
  return `commit refs/heads/forged\nmark :${index + 1}\n${who}${data(message)}${from}${merges}deleteall\n${written}`;
}

/** Makes the commits anew by `git fast-import`, and moves the branch to the last; answers their names. */
export function forgeLong(storeDir: string, commits: readonly LongCommit[]): string[] {
  git(storeDir, ['fast-import', '--quiet', '--force'], commits.map(commitText).join(''));
  git(storeDir, ['update-ref', 'refs/heads/coord', 'refs/heads/forged']);
  git(storeDir, ['update-ref', '-d', 'refs/heads/forged']);
  return git(storeDir, ['rev-list', '--first-parent', '--reverse', 'coord']).trim().split('\n');
}

/** As the one of a shorter log, for what makes commits on top. */
export function asForged({ message, batch }: LongCommit): ForgedCommit {
  return { oid: '', message, batch, entries: new Map(), moreParents: [] };
}

export class LongLog {
  readonly folder = mkdtempSync(join(tmpdir(), 'coord long '));
  readonly base = join(this.folder, 'base');
  commits: LongCommit[] = [];
  private copies = 0;

  /** Makes the log: one command a commit, among them some that are long past. */
  async make(): Promise<void> {
    git(this.folder, ['init', '-q', this.base]);
    const memory = await MemoryEngine.open(openLocalLog(join(this.base, '.git'), false));
    await memory.join('ada', 'bob');
    for (let made = 3; made <= places.head; made += 1) {
      if (made % 3 === 0) await memory.say('ada', 'task.add', { title: `task ${made}` });
      else await memory.say('ada', 'message.send', { to: 'bob', subject: `subject ${made}` });
    }
    this.commits = layOut(storeOf(this.base));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  copy(): string {
    this.copies += 1;
    const path = join(this.folder, `copy-${this.copies}`);
    cpSync(this.base, path, { recursive: true });
    return path;
  }
}
