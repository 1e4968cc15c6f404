// A test's process among several: creates the same store and writes a commit of its own to it.
import { createBareStore } from './bare-store.ts';
import { writeCommit } from './git-store.fixture.ts';
import { openBareStore } from './git-store.ts';

const [dir = ''] = process.argv.slice(2);
createBareStore(dir);
writeCommit(openBareStore(dir), null, `by ${process.pid}`);
