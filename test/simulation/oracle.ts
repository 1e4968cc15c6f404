// Judges a run by the log that it left: the log is the one order, so whatever was answered can be held against it.
import { createHash } from 'node:crypto';
import { checkpointMetaPath, formatPath } from '../../src/log/format.ts';
import { decodeBatch } from '../../src/log/record.ts';
import type { LogRecord } from '../../src/log/record.ts';
import { verifyLog } from '../../src/log/verify.ts';
import type { Evidence } from '../../src/log/verify.ts';
import type { Done } from '../../src/engine/answer.ts';
import type { Delivery, History, Sent } from './history.ts';
import { Leases } from './leases.ts';
import { replay } from './replay.ts';
import type { Stored } from './commits.ts';
import type { World } from './world.ts';

const encoder = new TextEncoder();
/** Commands are remembered for thirty days; a day less leaves room for skewed clocks. */
const keptMs = 29 * 86_400_000;

function evidenceOf({ oid, parents, message, batch, tree }: Stored): Evidence {
  const checkpoint = createHash('sha1');
  for (const [path, text] of tree) {
    if (path.startsWith('checkpoint/')) checkpoint.update(`${path}\n${text}\n`);
  }
  return {
    ...{ oid, parents, message, batch: encoder.encode(batch), unreadable: [] },
    files: [...tree.keys()].map((path) => ({ path, mode: '100644' })),
    format: tree.get(formatPath) ?? null,
    checkpoint: checkpoint.digest('hex'),
    meta: tree.get(checkpointMetaPath) ?? null,
  };
}

/** Order, chain, counts, times and ids, by the verifier that shares no code with the writer. */
function wellFormed(commits: readonly Stored[]): string[] {
  const { problems } = verifyLog(commits.map(evidenceOf), {
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    startsAtGenesis: true,
  });
  return problems.map(({ commit, reason }) => `Commit ${commit ?? ''}: ${reason}`);
}

function converged({ clones, hub }: World): string[] {
  return clones
    .filter(({ head, pin }) => head !== hub.head || pin !== hub.head)
    .map(({ name }) => `${name} does not come together with the hub.`);
}

/** A told loss is on the log, and changes nothing. */
function isLoss(record: LogRecord): boolean {
  return record.events.some(({ type }) => type === 'command.lost');
}

interface Books {
  readonly history: History;
  readonly records: readonly LogRecord[];
  /** The record of a command, by its id or by its cause. */
  readonly byKey: ReadonlyMap<string, LogRecord>;
}

function recordOf({ byKey }: Books, { request }: Sent): LogRecord | undefined {
  const { id, cause } = request.intent;
  return byKey.get(id) ?? (cause === undefined ? undefined : byKey.get(cause));
}

function twice(records: readonly LogRecord[]): string[] {
  const seen = new Set<string>();
  const troubles: string[] = [];
  for (const { id, cause } of records) {
    for (const key of cause === undefined ? [id] : [id, cause]) {
      if (seen.has(key)) troubles.push(`${key} has two records.`);
      seen.add(key);
    }
  }
  return troubles;
}

/** What a sender was told to be on the log. */
function acceptedIn({ reply }: Delivery, kind: 'confirmed' | 'provisional'): Done | null {
  if (reply.kind !== kind || !reply.answer.ok) return null;
  return reply.answer.seq === null ? null : reply.answer;
}

function isSame(answer: Done, record: LogRecord): boolean {
  if (answer.isDuplicate && answer.events.length === 0) return true;
  return JSON.stringify(answer.events) === JSON.stringify(record.events);
}

function confirmedTrouble(record: LogRecord | undefined, delivery: Delivery): string | null {
  const answer = acceptedIn(delivery, 'confirmed');
  if (answer === null) return null;
  if (record === undefined) return 'was confirmed and is not on the log';
  if (isLoss(record)) return 'was confirmed and is on the log as lost';
  if (record.seq !== answer.seq) {
    return `was confirmed at ${answer.seq ?? 0} and is at ${record.seq}`;
  }
  return isSame(answer, record) ? null : 'was answered with other events than the log has';
}

/** Told so later to whoever handed the same command over again. */
function isToldLater({ deliveries }: Sent, { returned }: Delivery): boolean {
  return deliveries.some(
    (other) => other.reply.kind === 'refused' && (other.returned ?? 0) > (returned ?? Infinity),
  );
}

function provisionalTrouble(
  record: LogRecord | undefined,
  delivery: Delivery,
  sent: Sent,
): string | null {
  if (acceptedIn(delivery, 'provisional') === null || record !== undefined) return null;
  if (isToldLater(sent, delivery)) return null;
  return 'was accepted, and is neither on the log nor told as lost';
}

/** What was refused each time it was handed over has changed nothing. */
function refusedTrouble(record: LogRecord | undefined, { deliveries }: Sent): string | null {
  const isRefused = deliveries.every(({ reply }) => reply.kind === 'refused');
  if (!isRefused || record === undefined || isLoss(record)) return null;
  return 'was refused, and is on the log';
}

/** A server looks at the hub itself: what was confirmed before it was asked, it must know for a month. */
function forgottenTrouble({ deliveries }: Sent): string | null {
  const first = deliveries.find((delivery) => acceptedIn(delivery, 'confirmed') !== null);
  if (first === undefined) return null;
  const { returned, atMs: firstMs } = first;
  const isForgotten = deliveries.some(
    ({ invoked, atMs, isToServer, reply }) =>
      isToServer &&
      invoked > (returned ?? Infinity) &&
      atMs - firstMs < keptMs &&
      reply.kind === 'refused',
  );
  return isForgotten ? 'was confirmed, and refused when it came again' : null;
}

function answered(books: Books): string[] {
  const troubles: string[] = [];
  for (const [id, sent] of books.history.sent) {
    const record = recordOf(books, sent);
    const own = record?.id === id ? record : undefined;
    const found = [
      ...sent.deliveries.map((delivery) => confirmedTrouble(record, delivery)),
      ...sent.deliveries.map((delivery) => provisionalTrouble(record, delivery, sent)),
      refusedTrouble(own, sent),
      forgottenTrouble(sent),
    ];
    const { op } = sent.request.intent;
    for (const each of found) if (each !== null) troubles.push(`${op} ${id} ${each}.`);
  }
  return troubles;
}

function confirmedBy({ deliveries }: Sent): number {
  const stamps = deliveries
    .filter(({ reply }) => reply.kind === 'confirmed' && reply.answer.ok)
    .map(({ returned }) => returned ?? Infinity);
  return Math.min(Infinity, ...stamps);
}

/** What was confirmed before another was asked for stands before it. */
function ordered({ history, records }: Books): string[] {
  const troubles: string[] = [];
  let latestInvoked = 0;
  for (const { id, op, seq } of records) {
    const sent = history.sent.get(id);
    if (sent === undefined) continue;
    if (confirmedBy(sent) < latestInvoked) {
      troubles.push(`${op} at ${seq} was confirmed before one that precedes it was asked for.`);
    }
    latestInvoked = Math.max(latestInvoked, sent.deliveries[0]?.invoked ?? 0);
  }
  return troubles;
}

function isWithin(ended: readonly string[], meant: readonly (readonly string[])[]): boolean {
  return meant.some((grants) => ended.every((grant) => grants.includes(grant)));
}

function isLate(leases: Leases, record: LogRecord, sent: Sent | undefined): boolean {
  const session = sent?.request.intent.session;
  return session !== undefined && !isLoss(record) && leases.isReplaced(record.actor, session);
}

/** Two holders, late sessions, and releases that hit what their sender never saw. */
function held({ history, records }: Books): string[] {
  const leases = new Leases();
  const troubles: string[] = [];
  for (const record of records) {
    const { id, op, seq } = record;
    const sent = history.sent.get(id);
    if (isLate(leases, record, sent)) troubles.push(`${op} ${id} is of a late session.`);
    leases.read(record);
    if (op !== 'lock.release' || leases.ended.length === 0) continue;
    if (!isWithin(leases.ended, sent?.meant ?? [])) {
      troubles.push(`The release at ${seq} ends a grant that its sender never saw.`);
    }
  }
  return [...troubles, ...leases.troubles];
}

function countAnswer(history: History, { reply }: Delivery): void {
  if (reply.kind === 'unknown') return;
  const { answer } = reply;
  if (!answer.ok) history.count(`refused: ${answer.code}`);
  else if (answer.isDuplicate) history.count('known already');
}

/** Counts what a run has seen, so that a test can tell that nothing was left out. */
function countOutcomes({ history }: World, records: readonly LogRecord[]): void {
  const types = records.flatMap(({ events }) => events.map(({ type }) => type));
  const often = (wanted: string): number => types.filter((type) => type === wanted).length;
  history.count('records', records.length);
  history.count('told loss', often('command.lost'));
  history.count('lock taken over', often('lock.expired'));
  history.count('claim taken over', often('task.claim-expired'));
  for (const { deliveries } of history.sent.values()) {
    for (const delivery of deliveries) countAnswer(history, delivery);
  }
}

/** Everything that is wrong with a run that has come to its end; nothing for a good one. */
export function judge(world: World): string[] {
  const { history, hub } = world;
  const commits = hub.commits.history(hub.head);
  const records = commits.flatMap(({ batch, oid }) => decodeBatch(batch, oid));
  const keys = records.flatMap((record) =>
    [record.id, ...(record.cause === undefined ? [] : [record.cause])].map(
      (key) => [key, record] as const,
    ),
  );
  const books: Books = { history, records, byKey: new Map(keys) };
  countOutcomes(world, records);
  return [
    ...history.troubles,
    ...converged(world),
    ...wellFormed(commits),
    ...twice(records),
    ...answered(books),
    ...ordered(books),
    ...held(books),
    ...replay(history, records),
  ];
}
