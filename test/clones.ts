// A bare remote and clones of it, for tests that look at the log from several machines.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { present } from '../src/kernel/assert.ts';
import { git } from './log-forge.ts';
import { resultOf, runShell } from './shell.ts';
import type { ShellRun } from './shell.ts';

export interface Said {
  readonly status: number;
  readonly result: Record<string, unknown>;
  readonly error: { readonly code: string; readonly message: string; readonly data: object };
  readonly err: string;
}

/** What a run with `--json` said. */
export function saidBy({ status, out, err }: ShellRun): Said {
  return { ...(JSON.parse(out) as Omit<Said, 'status' | 'err'>), status, err };
}

/** Runs a command line with `--json` in a directory. */
export async function say(directory: string, ...words: readonly string[]): Promise<Said> {
  return saidBy(await runShell(['-C', directory, ...words, '--json']));
}

export class Clones {
  readonly folder = mkdtempSync(join(tmpdir(), 'coord clones ä '));
  readonly remote = join(this.folder, 'remote.git');

  constructor() {
    git(this.folder, ['init', '-q', '--bare', '--initial-branch=main', this.remote]);
    const seed = join(this.folder, 'seed');
    mkdirSync(seed);
    git(seed, ['init', '-q', '--initial-branch=main']);
    git(seed, ['commit', '-q', '--allow-empty', '-m', 'seed']);
    git(seed, ['push', '-q', this.remote, 'main']);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  clone(name: string, ...flags: readonly string[]): string {
    const path = join(this.folder, name);
    git(this.folder, ['clone', '-q', ...flags, this.remote, path]);
    return path;
  }

  /** A first clone with a log on the remote, agents that have joined, and tasks. */
  async begin(agents: readonly string[], tasks: readonly string[] = []): Promise<string> {
    const first = this.clone('first');
    await resultOf(['-C', first, 'init']);
    for (const name of agents) await resultOf(['-C', first, 'agent', 'join', name, '--as', name]);
    const [author] = agents;
    for (const title of tasks) {
      const who = present(author, 'somebody adds the tasks');
      await resultOf(['-C', first, 'task', 'add', title, '--as', who]);
    }
    return first;
  }

  /** The remote's log, oldest first: parents and records of every commit. */
  log(): { oid: string; parents: string[]; records: Record<string, unknown>[] }[] {
    const rows = git(this.remote, ['rev-list', '--reverse', '--parents', 'coord'])
      .trim()
      .split('\n');
    return rows.map((row) => {
      const [oid = '', ...parents] = row.split(' ');
      const lines = git(this.remote, ['cat-file', 'blob', `${oid}:batch.ndjson`])
        .trim()
        .split('\n');
      return {
        oid,
        parents,
        records: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
      };
    });
  }

  records(): Record<string, unknown>[] {
    return this.log().flatMap(({ records }) => records);
  }
}
