// A process to be killed: adds tasks, merges packs and syncs without end, and says each command once it is acknowledged.
import { writeSync } from 'node:fs';
import { storeDirectory } from '../../src/adapters/git/local-log.ts';
import { findRepository } from '../../src/adapters/git/repository.ts';
import { openBareStore } from '../../src/adapters/git/store/git-store.ts';
import { tryPublish } from '../../src/engine/sync.ts';
import { present } from '../../src/kernel/assert.ts';
import { Fault } from '../../src/kernel/fault.ts';
import { registry } from '../../src/registry.ts';
import { openWorkspace } from '../../src/surfaces/cli/workspace.ts';
import { LogWriter } from '../concurrency/log-writer.ts';

const [directory = '', name = '', syncPercent = '0'] = process.argv.slice(2);
const repository = findRepository(directory);
const writer = new LogWriter(repository.commonDir);
const store = openBareStore(storeDirectory(repository.commonDir));
const { clock } = writer.engine;
const workspace = openWorkspace(repository, {
  ...{ globals: { remote: 'origin' }, environment: {}, terminal: { err: () => undefined } },
  ...{ clock, registry },
});
const remote = present(workspace.remote, 'the clone has a remote');

async function add(round: number): Promise<void> {
  const input = { title: `${name} ${round}` };
  const answer = await writer.say({ actor: `git:${name}`, op: 'task.add', input });
  if (!answer.ok) throw new Error(answer.message);
  writeSync(1, `${answer.id}\n`);
}

async function step(round: number): Promise<void> {
  const throwOf = Math.random() * 100;
  if (throwOf < Number(syncPercent)) {
    await tryPublish(writer.engine, writer.log, remote);
  } else if (throwOf < 90) {
    await add(round);
  } else {
    await store.withMutex(() => store.consolidate());
  }
}

// The first command takes much longer than any other: a process is ready to be killed after it.
await add(0);
for (let round = 1; ; round += 1) {
  await step(round).catch((error: unknown) => {
    // What is in doubt is not acknowledged; anything else is a complaint.
    if (!(error instanceof Fault) || !['store-busy', 'outcome-unknown'].includes(error.code))
      throw error;
  });
}
