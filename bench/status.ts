// `coord status` in a process of its own against an empty node: on a small log, and on one of 10,000 commits, where a
// question before it has kept a snapshot, and where none has.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { storeDirectory } from '../src/adapters/git/local-log.ts';
import type { Figure } from './figure.ts';
import { makeRepository, runCoord, runEmptyNode, temporaryDirectory } from './program.ts';
import { interleave, median } from './sampling.ts';
import { copySeededLog, rush } from './seeded-log.ts';

const timesEmptyNode = 3;

export interface StatusOptions {
  readonly rounds: number;
  readonly commits: number;
  readonly progress: (text: string) => void;
}

/** A log as it is on the first day: three agents, a task, a lock, a message. */
function makeSmallLog(directory: string): void {
  makeRepository(directory, { 'README.md': 'A repository with a young log.\n' });
  const say = (agent: string, ...words: string[]): void => {
    runCoord(['-C', directory, '--as', agent, ...words]);
  };
  say('codex', 'init');
  for (const agent of ['codex', 'opus', 'haiku']) say(agent, 'agent', 'join', agent);
  say('codex', 'task', 'add', 'Back off between retries', '--files', 'src/network/**');
  say('codex', 'claim', 'T-1');
  say('codex', 'lock', 'src/network/**', '--reason', 'backoff');
  say('opus', 'send', 'codex', 'Routing', 'I need route.ts; when are you done?');
}

/** The first question on a log has no snapshot to begin at. */
interface Asked {
  readonly name: string;
  readonly rounds: number;
  readonly isFirst?: boolean;
}

async function figureFor(
  directory: string,
  { name, rounds, isFirst = false }: Asked,
): Promise<Figure> {
  const words = ['-C', directory, '--offline', 'status'];
  const snapshot = join(storeDirectory(join(directory, '.git')), 'coord-snapshot');
  const samples = await interleave(rounds, {
    forgetting: () => isFirst && rmSync(snapshot, { force: true }),
    empty: runEmptyNode,
    status: () => runCoord(words),
  });
  const floor = median(samples.empty);
  const measured = median(samples.status);
  return {
    name,
    ...{ statistic: 'median', unit: 'ms', rounds, measured },
    limit: timesEmptyNode * floor,
    limitIs: `${timesEmptyNode} x node -e 0 (${floor.toFixed(1)} ms)`,
    note: `${(measured / floor).toFixed(2)} x an empty node, ${(measured - floor).toFixed(1)} ms above it`,
  };
}

/** The figures of `coord status`. */
export async function statusFigures(options: StatusOptions): Promise<Figure[]> {
  const { rounds, commits, progress } = options;
  const place = temporaryDirectory('status');
  try {
    const small = join(place.path, 'small');
    const large = join(place.path, 'large');
    makeSmallLog(small);
    await copySeededLog(large, rush(commits), progress);
    progress('coord status');
    return [
      await figureFor(small, { name: 'coord status, small log', rounds }),
      await figureFor(large, { name: `coord status, ${commits} commits`, rounds }),
      await figureFor(large, { name: 'the same, first question', rounds, isFirst: true }),
    ];
  } finally {
    place.remove();
  }
}
