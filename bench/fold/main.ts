// Entry of a process of its own: folds the parsed records of a log again and again, and prints how long each time took as JSON.
import { join } from 'node:path';
import { openLocalLog } from '../../src/adapters/git/local-log.ts';
import { applyRecord, emptyFold, routeEvents } from '../../src/engine/fold.ts';
import { evolutionsOf } from '../../src/engine/registry-port.ts';
import { decodeBatch } from '../../src/log/record.ts';
import { registry } from '../../src/registry.ts';
import { interleave } from '../sampling.ts';

/** What is printed; samples are milliseconds for all events. */
export interface FoldTimes {
  readonly records: number;
  readonly events: number;
  readonly samples: readonly number[];
}

const [repository = '', rounds = '0'] = process.argv.slice(2);
const store = openLocalLog(join(repository, '.git'), false);
const { commits } = await store.read({ commitsMax: Number.MAX_SAFE_INTEGER });
const records = commits.flatMap(({ batch, oid }) => decodeBatch(batch, oid));
const evolutions = routeEvents(evolutionsOf(registry));

function foldAll(): void {
  const fold = emptyFold(evolutions);
  for (const record of records) applyRecord(fold, evolutions, record);
  // Keys are kept for whoever asks first; asking is part of the time.
  if (fold.seen.has('nobody')) throw new Error('A fold has seen what nobody sent.');
}

const { fold: samples } = await interleave(Number(rounds), { fold: foldAll });
const events = records.reduce((sum, record) => sum + record.events.length, 0);
const times: FoldTimes = { records: records.length, events, samples };
process.stdout.write(JSON.stringify(times));
