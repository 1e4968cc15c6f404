// A test's second process: takes a mutex, says so and keeps it until it is killed.
import { writeSync } from 'node:fs';
import { acquireMutex } from './mutex.ts';

await acquireMutex(process.argv[2] ?? '');
writeSync(1, 'held\n');
setInterval(() => undefined, 1000);
