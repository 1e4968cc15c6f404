// Sixteen long-lived processes on one log, each sending one command at a time: how many they get through together.
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { bundled } from './bundled.ts';
import type { Figure } from './figure.ts';
import { temporaryDirectory } from './program.ts';
import { mean, median, percentile } from './sampling.ts';
import { WritingEngine } from './writing-engine.ts';

const processes = 16;
const commandsEach = 25;
const perSecondMin = 200;

interface Writer {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly lines: Interface;
}

async function lineOf({ lines, child }: Writer): Promise<string> {
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`A writer ended with ${String(status)} before it was done.`);
  });
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  return line;
}

async function start(program: string, repository: string): Promise<Writer> {
  const words = [program, repository, String(commandsEach)];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const writer = { child, lines: createInterface({ input: child.stdout }) };
  await lineOf(writer);
  return writer;
}

interface Crowd {
  readonly perSecond: number;
  readonly waits: readonly number[];
}

async function crowd(program: string, repository: string): Promise<Crowd> {
  const opened = await WritingEngine.open(repository, false);
  await opened.take(await opened.messages(1));
  const writers = await Promise.all(
    Array.from({ length: processes }, () => start(program, repository)),
  );
  try {
    const began = performance.now();
    const results = writers.map(lineOf);
    for (const { child } of writers) child.stdin.write('go\n');
    const waits = (await Promise.all(results)).flatMap((line) => JSON.parse(line) as number[]);
    const seconds = (performance.now() - began) / 1000;
    const head = await opened.engine.projection.load();
    // Genesis, the agents that joined, the first message.
    const expected = processes * commandsEach + 26;
    if (head.position?.seq !== expected) {
      throw new Error(`The log has ${head.position?.seq ?? 0} records instead of ${expected}.`);
    }
    return { perSecond: waits.length / seconds, waits };
  } finally {
    for (const { child } of writers) child.kill();
  }
}

/** The figure of many writers, each round on a new log. */
export async function manyWritersFigure(rounds: number): Promise<Figure> {
  const place = temporaryDirectory('writers');
  try {
    const program = bundled('writer/main.ts', place.path);
    const crowds: Crowd[] = [];
    for (let round = 0; round < rounds; round += 1) {
      crowds.push(await crowd(program, join(place.path, `repository-${round}`)));
    }
    const waits = crowds.flatMap((each) => each.waits);
    const [longest, middle] = [Math.max(...waits), median(waits)];
    return {
      name: `${processes} processes, one command at a time each`,
      ...{ statistic: 'median', rounds, unit: '/s', bound: 'least', limit: perSecondMin },
      measured: median(crowds.map(({ perSecond }) => perSecond)),
      limitIs: `${perSecondMin} commands a second in all`,
      note:
        `${commandsEach} commands each; a command waits ${middle.toFixed(0)} ms (median), ${mean(waits).toFixed(0)} (mean), ` +
        `${percentile(waits, 99).toFixed(0)} (p99), at most ${(longest / middle).toFixed(1)} x the median; every one is on the log`,
    };
  } finally {
    place.remove();
  }
}
