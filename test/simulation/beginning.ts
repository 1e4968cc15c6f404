// The log that every run begins with, made once by the real engine: a genesis, three agents, a few tasks.
import type { CommitDraft, LogStore } from '../../src/log/store.ts';
import { MemoryEngine } from '../memory-engine.ts';
import { Commits } from './commits.ts';
import { agentNames, person, taskCount } from './wish.ts';

export interface Beginning {
  readonly commits: Commits;
  readonly head: string;
  /** Id of the log. */
  readonly log: string;
}

function storeOn(commits: Commits, branch: { head: string | null }): LogStore {
  return {
    place: 'the beginning',
    head: () => Promise.resolve(branch.head),
    read: (range) => Promise.resolve(commits.read(branch.head, range)),
    checkpoint: (oid) => Promise.resolve(commits.checkpoint(oid)),
    append: (draft: CommitDraft, expected) => {
      branch.head = commits.write(draft, expected);
      return Promise.resolve({ ok: true, oid: branch.head });
    },
    exclusively: (work) => work(),
  };
}

export async function makeBeginning(): Promise<Beginning> {
  const commits = new Commits();
  const branch: { head: string | null } = { head: null };
  const engine = await MemoryEngine.open(storeOn(commits, branch));
  const joins = agentNames.map((name) => engine.request(name, 'agent.join', { name }));
  const tasks = Array.from({ length: taskCount }, (_, index) =>
    engine.request(person, 'task.add', { title: `task ${index + 1}` }),
  );
  await engine.execute(...joins, ...tasks);
  return { commits, head: branch.head ?? '', log: engine.log };
}
