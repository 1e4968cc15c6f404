// Entry of a process of its own: lets all stores append in turn, and prints the rates of every round as JSON.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LogRecord } from '../../src/log/record.ts';
import { openIsomorphic } from '../peers/isomorphic.ts';
import { openNativeGit } from '../peers/native-git.ts';
import type { OpenPeer, Peer } from '../peers/peer.ts';
import { openRaw } from '../peers/raw.ts';
import { openRedis } from '../peers/redis.ts';
import { openSqlite } from '../peers/sqlite.ts';
import { openStoreAlone } from '../peers/store-alone.ts';
import { temporaryDirectory } from '../program.ts';
import { names, sizes } from '../append-rates.ts';
import type { Race, Size } from '../append-rates.ts';
import { timed } from '../sampling.ts';
import { WritingEngine } from '../writing-engine.ts';

/** How many batches make a round; a round is long enough for the clock and short enough to meet the others' weather. */
const batchesPerRound: Readonly<Record<Size, number>> = { 1: 20, 10: 20, 100: 10, 1000: 4 };

const peers: Readonly<Record<string, OpenPeer>> = {
  [names.raw]: openRaw,
  [names.store]: openStoreAlone,
  'better-sqlite3, WAL, synchronous=FULL': openSqlite,
  'Redis stream, appendfsync always': openRedis,
  'isomorphic-git commit (not durable)': openIsomorphic,
  'git commit-tree, update-ref (not durable)': openNativeGit,
};

interface Contestant {
  readonly name: string;
  /** Prepares one round and answers its work, so that only the work is timed. */
  readonly prepare: (size: Size, batches: number) => Promise<() => Promise<void>>;
  readonly close: () => Promise<void> | void;
}

/** A record as the log holds it, as every store here gets it. */
function recordOf(line: string, seq: number): LogRecord {
  const intent = JSON.parse(line) as LogRecord;
  const { to, subject } = intent.input as { to: string; subject: string };
  const nothing = { thread: null, ackRequired: false, expectReplyUntil: null, expiresAt: null };
  const data = { to, recipients: [to], subject, priority: 'normal', ...nothing, link: null };
  const { id, log, op, actor, hlc, input } = intent;
  const auth = { by: 'shell', subject: `${actor}@example.com` } as const;
  const events = [{ type: 'message.sent', data }];
  const at = new Date().toISOString();
  return { id, log, op, actor, hlc, input, auth, seq, at, policy: 'none', events };
}

function peerContestant(name: string, peer: Peer, sender: WritingEngine): Contestant {
  let seq = 0;
  const prepare: Contestant['prepare'] = async (size, batches) => {
    const work: LogRecord[][] = [];
    for (let made = 0; made < batches; made += 1) {
      const lines = await sender.messages(size);
      work.push(lines.map((line) => recordOf(line, (seq += 1))));
    }
    return async () => {
      for (const batch of work) await peer.append(batch);
    };
  };
  return { name, prepare, close: peer.close };
}

function pathContestant(name: string, engine: WritingEngine): Contestant {
  const prepare: Contestant['prepare'] = async (size, batches) => {
    const work: string[][] = [];
    for (let made = 0; made < batches; made += 1) work.push(await engine.messages(size));
    return async () => {
      for (const lines of work) await engine.take(lines);
    };
  };
  return { name, prepare, close: () => undefined };
}

type Open = (root: string) => Promise<Contestant | null>;

function openPath(name: string, isSigned: boolean): Open {
  return async (root) =>
    pathContestant(name, await WritingEngine.open(join(root, 'log'), isSigned));
}

function openPeer(name: string, open: (typeof peers)[string]): Open {
  return async (root) => {
    const directory = join(root, 'peer');
    mkdirSync(directory);
    const peer = await open(directory);
    if (peer === null) return null;
    return peerContestant(name, peer, await WritingEngine.open(join(root, 'log'), false));
  };
}

const everybody: Readonly<Record<string, Open>> = {
  [names.unsigned]: openPath(names.unsigned, false),
  [names.signed]: openPath(names.signed, true),
  ...Object.fromEntries(Object.entries(peers).map(([name, open]) => [name, openPeer(name, open)])),
};

async function rateOnce({ prepare }: Contestant, size: Size): Promise<number> {
  const batches = batchesPerRound[size];
  const milliseconds = await timed(await prepare(size, batches));
  return (size * batches * 1000) / milliseconds;
}

/** What a contestant says to the starter: whether it is installed, then a rate for each size it is sent. */
type Said = { readonly isHere: boolean } | { readonly rate: number };

/** A contestant in this process: runs a heat for each size it is told, until the starter goes. */
async function compete(name: string): Promise<void> {
  const place = temporaryDirectory('append');
  const contestant = (await everybody[name]?.(place.path)) ?? null;
  const say = (said: Said): void => void process.send?.(said);
  process.on('message', (size: Size) => {
    if (contestant !== null) void rateOnce(contestant, size).then((rate) => say({ rate }));
  });
  process.once('disconnect', () => {
    void Promise.resolve(contestant?.close()).then(() => place.remove());
  });
  say({ isHere: contestant !== null });
}

/** A contestant in a process of its own, so that nobody runs on a heap and on compiled code that others have shaped. */
interface Runner {
  readonly name: string;
  readonly child: ChildProcess;
}

function answerOf({ name, child }: Runner): Promise<Said> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error(`${name} left the race.`));
    child.once('exit', fail);
    child.once('message', (said: Said) => {
      child.off('exit', fail);
      resolve(said);
    });
  });
}

async function heat(runner: Runner, size: Size): Promise<number> {
  const answer = answerOf(runner);
  runner.child.send(size);
  const said = await answer;
  return 'rate' in said ? said.rate : Number.NaN;
}

interface Field {
  readonly runners: readonly Runner[];
  readonly missing: readonly string[];
}

async function gather(): Promise<Field> {
  const runners: Runner[] = [];
  const missing: string[] = [];
  for (const name of Object.keys(everybody)) {
    const runner = { name, child: fork(process.argv[1] ?? '', ['--compete', name]) };
    const said = await answerOf(runner);
    if ('isHere' in said && said.isHere) runners.push(runner);
    else missing.push(name);
    if (missing.includes(name)) runner.child.disconnect();
  }
  return { runners, missing };
}

async function race({ runners, missing }: Field, rounds: number): Promise<Race> {
  const rates = Object.fromEntries(
    runners.map(({ name }) => [name, sizes.map((): number[] => [])]),
  );
  const heats = sizes.flatMap((size, place) => runners.map((runner) => ({ size, place, runner })));
  for (let round = 0; round <= rounds; round += 1) {
    process.stderr.write(`bench: append: round ${round} of ${rounds}\n`);
    for (const { size, place, runner } of heats) {
      const rate = await heat(runner, size);
      // The round before the first warms up.
      if (round > 0) rates[runner.name]?.[place]?.push(rate);
    }
  }
  return { rates, missing };
}

async function start(rounds: number): Promise<void> {
  const field = await gather();
  try {
    process.stdout.write(JSON.stringify(await race(field, rounds)));
  } finally {
    for (const { child } of field.runners) child.disconnect();
  }
}

const [first = '', name = ''] = process.argv.slice(2);
await (first === '--compete' ? compete(name) : start(Number(first)));
