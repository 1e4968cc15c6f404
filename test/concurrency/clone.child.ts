// One of many clones of a remote: adds tasks, publishes each at once, and says what became of it.
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { findRepository } from '../../src/adapters/git/repository.ts';
import { execute } from '../../src/engine/execute.ts';
import { tryPublish } from '../../src/engine/sync.ts';
import { present } from '../../src/kernel/assert.ts';
import { nextHybridTime } from '../../src/log/clock.ts';
import { idRandomBytes, uuidv7 } from '../../src/log/id.ts';
import { registry } from '../../src/registry.ts';
import { freshen, openWorkspace } from '../../src/surfaces/cli/workspace.ts';

const [directory = '', name = '', commands = '0'] = process.argv.slice(2);
const clock = systemClock();
const workspace = openWorkspace(findRepository(directory), {
  ...{ globals: { remote: 'origin' }, environment: {}, terminal: { err: () => undefined } },
  ...{ clock, registry },
});
const { engine, log } = workspace;
const remote = present(workspace.remote, 'the clone has a remote');
await freshen(workspace, false);
const logId = (await engine.projection.load()).log ?? '';

for (let round = 0; round < Number(commands); round += 1) {
  const now = clock.now();
  const id = uuidv7(Date.parse(now), clock.randomBytes(idRandomBytes));
  const input = { title: `${name} ${round}` };
  const hlc = nextHybridTime(null, now);
  const request = {
    intent: { id, log: logId, op: 'task.add', actor: name, hlc, input },
    auth: { by: 'shell', subject: 'test' } as const,
    isPersonPresent: false,
  };
  const [answer] = await execute(engine, [request]);
  if (answer?.ok !== true) throw new Error(answer?.message);
  const { isConfirmed, problem } = await tryPublish(engine, log, remote, new Set([id]));
  writeSync(1, `${JSON.stringify({ id, isConfirmed, problem: problem?.code ?? null })}\n`);
}
