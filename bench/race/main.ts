// Entry of a process of its own: lets all stores append in turn, and prints the rates of every round as JSON.
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
  return {
    ...intent,
    auth: { by: 'shell', subject: `${intent.actor}@example.com` },
    ...{ seq, at: new Date().toISOString(), policy: 'none' },
    events: [{ type: 'message.sent', data }],
  };
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

interface Field {
  readonly contestants: readonly Contestant[];
  readonly missing: readonly string[];
}

async function openAll(root: string): Promise<Field> {
  const unsigned = await WritingEngine.open(join(root, 'unsigned'), false);
  const signed = await WritingEngine.open(join(root, 'signed'), true);
  const contestants: Contestant[] = [
    pathContestant(names.unsigned, unsigned),
    pathContestant(names.signed, signed),
  ];
  const missing: string[] = [];
  for (const [name, open] of Object.entries(peers)) {
    const directory = join(root, `peer-${contestants.length}`);
    mkdirSync(directory);
    const peer = await open(directory);
    if (peer === null) missing.push(name);
    else contestants.push(peerContestant(name, peer, unsigned));
  }
  return { contestants, missing };
}

async function rateOnce({ prepare }: Contestant, size: Size): Promise<number> {
  const batches = batchesPerRound[size];
  const milliseconds = await timed(await prepare(size, batches));
  return (size * batches * 1000) / milliseconds;
}

async function race({ contestants, missing }: Field, rounds: number): Promise<Race> {
  const rates = Object.fromEntries(
    contestants.map(({ name }) => [name, sizes.map((): number[] => [])]),
  );
  const heats = sizes.flatMap((size, place) =>
    contestants.map((contestant) => ({ size, place, contestant })),
  );
  for (let round = 0; round <= rounds; round += 1) {
    process.stderr.write(`bench: append: round ${round} of ${rounds}\n`);
    for (const { size, place, contestant } of heats) {
      const rate = await rateOnce(contestant, size);
      // The round before the first warms up.
      if (round > 0) rates[contestant.name]?.[place]?.push(rate);
    }
  }
  return { rates, missing };
}

const rounds = Number(process.argv[2]);
const place = temporaryDirectory('append');
let field: Field = { contestants: [], missing: [] };
try {
  field = await openAll(place.path);
  process.stdout.write(JSON.stringify(await race(field, rounds)));
} finally {
  for (const { close } of field.contestants) await close();
  place.remove();
}
