// One of many processes on one store: adds tasks, one command at a time, and says how long each took.
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { LogWriter } from './log-writer.ts';

const [directory = '', name = '', commands = '0'] = process.argv.slice(2);
const writer = new LogWriter(directory);
// Warm, as a process that has lived for a while: it has read the log and written to it.
const joined = await writer.say({ actor: name, op: 'agent.join', input: { name } });
if (!joined.ok) throw new Error(joined.message);
writeSync(1, 'ready\n');
await once(process.stdin, 'data');
for (let round = 0; round < Number(commands); round += 1) {
  const title = `${name} ${round}`;
  const request = await writer.request({ actor: name, op: 'task.add', input: { title } });
  const begun = performance.now();
  const answer = await writer.send(request);
  const waitedMs = performance.now() - begun;
  if (!answer.ok) throw new Error(answer.message);
  writeSync(1, `${JSON.stringify({ id: answer.id, seq: answer.seq, waitedMs })}\n`);
}
process.stdin.destroy();
