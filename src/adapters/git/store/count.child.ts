// A test's process among several: adds commits that count up, and says each number once it is durable.
import { writeSync } from 'node:fs';
import { present } from '../../../kernel/assert.ts';
import { branch, writeCommit } from './git-store.fixture.ts';
import { openBareStore } from './git-store.ts';

const [dir = '', rounds = '0'] = process.argv.slice(2);
// Its predecessor may have been killed while it held the lock; a test does not wait ten seconds.
const store = openBareStore(dir, { staleRefLockSeconds: 0.2 });

function numberAt(head: string): number {
  const [file] = store.readTree(store.readCommit(head).tree);
  return Number(store.readBlob(present(file, 'the tree has a file').oid).toString());
}

for (let round = 0; round < Number(rounds); round += 1) {
  const reached = await store.withMutex(async () => {
    const head = store.readRef(branch);
    const next = head === null ? 1 : numberAt(head) + 1;
    const oid = writeCommit(store, head, `${next}`);
    const swapped = await store.swapRef({ name: branch, expected: head, next: oid });
    if (!swapped.ok) throw new Error(`The ref was ${swapped.reason} under the mutex.`);
    store.consolidate();
    return next;
  });
  writeSync(1, `${reached}\n`);
}
