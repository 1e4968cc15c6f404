// A test's second process: reads a history again and again, from fresh and from long-open stores, until it is ended.
import { branch, textsUpTo } from './git-store.fixture.ts';
import { openBareStore } from './git-store.ts';

const [dir = '', first = ''] = process.argv.slice(2);
const held = openBareStore(dir);
let rounds = 0;

function round(): void {
  rounds += 1;
  textsUpTo(held, held.readRef(branch));
  textsUpTo(openBareStore(dir), first);
  setTimeout(round, 5);
}

process.on('SIGTERM', () => {
  process.exit(rounds > 0 ? 0 : 1);
});
round();
