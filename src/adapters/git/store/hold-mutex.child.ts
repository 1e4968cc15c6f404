// A test's second process: takes a mutex, says so and keeps it until it is killed; or says why it did not get it.
import { writeSync } from 'node:fs';
import { acquireMutex } from './mutex.ts';

const [path = '', timeout] = process.argv.slice(2);
const options = timeout === undefined ? {} : { timeoutMilliseconds: Number(timeout) };
try {
  await acquireMutex(path, options);
  writeSync(1, 'held\n');
  setInterval(() => undefined, 1000);
} catch (error) {
  const { code } = error as { code?: string };
  writeSync(1, `not held: ${code ?? String(error)}\n`);
}
