// A small good log, copies of it that somebody tampered with, and what `coord verify` says to them.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { present } from '../src/kernel/assert.ts';
import type { Problem } from '../src/log/verify-batch.ts';
import { forge, git, layOut } from './log-forge.ts';
import type { ForgedCommit } from './log-forge.ts';
import { resultOf, runShell } from './shell.ts';

export interface VerifyAnswer {
  readonly level: string;
  /** How far back what was asked for could be had; only the answer of `coord verify` says it. */
  readonly reached?: string;
  readonly commits: number;
  readonly records: number;
  readonly head: string;
  readonly seq: number;
  readonly chain: string;
  readonly valid: boolean;
  readonly problems: readonly Problem[];
  /** What was told without a proof; only the answer of `coord verify` says it. */
  readonly unproven?: readonly Problem[];
}

export type Tamper = (log: ForgedCommit[], store: string) => void;

export const storeOf = (repository: string): string =>
  join(repository, '.git', 'coord', 'store.git');

/** Exit status and result of `coord verify`. */
export async function verify(
  repository: string,
  ...words: string[]
): Promise<[number, VerifyAnswer]> {
  const run = await runShell(['-C', repository, 'verify', '--json', ...words]);
  return [run.status, (JSON.parse(run.out) as { result: VerifyAnswer }).result];
}

/** One of the six commits. */
export function at(log: readonly ForgedCommit[], index: number): ForgedCommit {
  return present(log[index], 'the log has six commits');
}

export class GoodLog {
  readonly folder = mkdtempSync(join(tmpdir(), 'coord verify '));
  readonly base = join(this.folder, 'base');
  commits: ForgedCommit[] = [];
  private copies = 0;

  /** Makes the log: six commands, six commits. */
  async make(): Promise<void> {
    git(this.folder, ['init', '-q', this.base]);
    const say = (...words: string[]) => resultOf(['-C', this.base, ...words]);
    await say('init');
    await say('agent', 'join', 'ada', '--as', 'ada');
    await say('task', 'add', 'Grün ≠ grey 🟢', '--as', 'ada');
    await say('claim', 'T-1', '--as', 'ada');
    await say('lock', 'src/**', '--as', 'ada');
    await say('done', 'T-1', '--as', 'ada');
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

  /** The problems of a copy that was tampered with: each commit by its place in the forged log, then place and reason. */
  async found(tamper: Tamper): Promise<[number, string][]> {
    const repository = this.copy();
    const log = structuredClone(this.commits);
    tamper(log, storeOf(repository));
    const oids = forge(storeOf(repository), log);
    const [status, answer] = await verify(repository);
    expect([status, answer.valid]).toEqual([1, false]);
    return answer.problems.map(({ commit, path, line, reason }) => [
      oids.indexOf(commit ?? ''),
      `${path ?? ''}${line === undefined ? '' : `:${line}`} ${reason}`.trim(),
    ]);
  }
}
