// One of many processes on one log: says when it is ready, then sends its messages one at a time, and says how long each took.
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { WritingEngine } from '../writing-engine.ts';

const [directory = '', commands = '0'] = process.argv.slice(2);
const engine = WritingEngine.attach(directory);
// Warm, as a process that has lived for a while.
await engine.engine.projection.load();
writeSync(1, 'ready\n');
await once(process.stdin, 'data');
const waits: number[] = [];
for (let sent = 0; sent < Number(commands); sent += 1) {
  const lines = await engine.messages(1);
  const began = performance.now();
  await engine.take(lines);
  waits.push(performance.now() - began);
}
writeSync(1, `${JSON.stringify(waits)}\n`);
process.stdin.destroy();
