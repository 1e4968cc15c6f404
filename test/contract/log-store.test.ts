// The contract of the log's stores, held by each: in memory and in git. A new store is one more `describeLogStore`.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalLog } from '../../src/adapters/git/local-log.ts';
import { memoryStore } from '../../src/log/memory-store.ts';
import { describeLogStore } from './log-store-contract.ts';

describeLogStore('in memory', () => {
  const store = memoryStore();
  return Promise.resolve({
    store,
    reopen: () => Promise.resolve(store),
    dispose: () => Promise.resolve(),
  });
});

describeLogStore('in a git store of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coord store '));
  return Promise.resolve({
    store: openLocalLog(folder, false),
    reopen: () => Promise.resolve(openLocalLog(folder, false)),
    dispose: () => rm(folder, { recursive: true, force: true }),
  });
});
