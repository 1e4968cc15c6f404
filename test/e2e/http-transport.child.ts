// A process without git on its PATH: fetches the log of a clone and pushes its head again.
import { openRemoteLog } from '../../src/adapters/git/remote/remote-log.ts';
import { findRepository } from '../../src/adapters/git/repository.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';

const repository = findRepository(process.argv[2] ?? '.');
const remote = openRemoteLog(repository, 'origin', {
  clock: systemClock(),
  inspect: () => undefined,
});
const head = await remote.fetch();
const pushed = await remote.push(head ?? '');
process.stdout.write(JSON.stringify({ head, pushed }));
