// The verifier of who said it: holds the signatures of a log against the keys that policy and log name. Shares nothing
// with the writer but the format's constants.
import { limits } from '../kernel/limits.ts';
import { batchPath } from './format.ts';
import type { Problem } from './verify-batch.ts';
import { keptTo } from './verify-capability.ts';
import { permitsIn, strangersIn } from './verify-permit.ts';
import type { Spoken } from './verify-permit.ts';
import { bytesSigned, recordsIn, spokenOf } from './verify-spoken.ts';

export interface SignatureOptions {
  /** Whether a signature (base64) over bytes was made with the private half of a key. */
  readonly verify: (bytes: Uint8Array, signature: string, publicKey: string) => boolean;
  /** The keys that the policy names for somebody now, in the form `ed25519:BASE64`. */
  readonly roots: (actor: string) => readonly string[];
  /** Keys that the policy named for somebody at some time; those of now among them. */
  readonly everNamed: (actor: string) => readonly string[];
  /** Whether the policy lets somebody use an operation, and whether it lists them as a person. */
  readonly mayUse: (actor: string, op: string) => boolean;
  readonly isPerson: (actor: string) => boolean;
  /** Whether the policy lets somebody end the locks of others. */
  readonly mayForce: (actor: string) => boolean;
  /** The log has no remote: what was said in a shell was said on this machine. */
  readonly trustsShell: boolean;
}

export interface SignatureReport {
  /** What cannot be as it is, whoever vouches. */
  readonly problems: readonly Problem[];
  /** What claims to permit something while nothing here shows who vouches for it. */
  readonly unproven: readonly Problem[];
}

/** One commit, as far as signatures are concerned. */
export interface SpokenCommit {
  readonly oid: string;
  readonly batch: Uint8Array | null;
  /** What every line of the batch says, where it was read already. */
  readonly lines?: readonly unknown[];
}

export interface SignatureJudge {
  /** Looks at the next commit; oldest first. */
  look(commit: SpokenCommit): void;
  /**
   * Nothing so far was signed, said of keys or capabilities, or found wanting: a judge that begins behind it knows
   * all that this one knows.
   */
  isSilent(): boolean;
  report(): SignatureReport;
}

/** A key on the log: since when, by a word that is proven or not, and since when not any more. */
interface Entry {
  readonly since: number;
  readonly isProven: boolean;
  readonly end: { readonly seq: number; readonly isProven: boolean } | null;
}

interface Known {
  /** By `member key`. */
  readonly entries: Map<string, Entry>;
  /** Keys of a member that the log names. */
  readonly listed: Map<string, Set<string>>;
  /** Since when a member signs, and with which key last. */
  readonly signs: Map<string, { readonly since: number; readonly key: string }>;
  /** Capabilities that ended, by id, with the seq of their end. */
  readonly revoked: Map<string, number>;
  /** Time of the last record. */
  at: string;
}

const unnamed: Entry = { since: 0, isProven: false, end: null };
const MS = 1000;
const SECONDS_PER_DAY = 86_400;

/** A loss tells that nothing was done: it needs no word of anybody, and may show the input in short. */
function isLoss({ events }: Spoken): boolean {
  return events.every(({ type }) => type === 'command.lost');
}

type Tell = (reason: string) => void;

function entryOf({ entries }: Known, actor: string, key: string): Entry {
  return entries.get(`${actor} ${key}`) ?? unnamed;
}

function tellTimes({ hlc, at, notAfter }: Spoken, tell: Tell): void {
  const [made = Number.NaN, put] = [hlc.slice(0, hlc.indexOf('/')), at].map(Date.parse);
  const ahead = (made - (put ?? 0)) / MS;
  const skew = limits.clockAheadSecondsMax;
  if (ahead > skew) {
    tell(`Its sender's clock ${hlc} is more than ${skew} s ahead of the log's time ${at}.`);
  }
  if (-ahead > limits.idempotencyDaysMax * SECONDS_PER_DAY + skew) {
    tell(`Its sender's clock ${hlc} is more than ${limits.idempotencyDaysMax} days before ${at}.`);
  }
  if (notAfter !== undefined && notAfter < at) tell(`It was good until ${notAfter}, not at ${at}.`);
}

/** What the signature of a record comes to: the key that made it and that is in use, else why not. */
interface Signature {
  readonly key: string | null;
  readonly isProven: boolean;
  readonly problem: string | null;
}

function fittingKey(record: Spoken, sig: string, known: Known, options: SignatureOptions) {
  const { actor } = record;
  const listed = known.listed.get(actor) ?? [];
  const named = [...new Set([...options.everNamed(actor), ...listed])];
  const bytes = bytesSigned(record);
  return named.find((each) => options.verify(bytes, sig, each));
}

function worthless(problem: string | null): Signature {
  return { key: null, isProven: false, problem };
}

/** The word of a holder is worth what the key is that issued the root of the capability. */
function lentSignature(record: Spoken, known: Known, options: SignatureOptions): Signature {
  const kept = keptTo(record, bytesSigned(record), options.verify);
  if (typeof kept === 'string') return worthless(kept);
  const { actor } = record;
  const ended = kept.ids.find((id) => known.revoked.has(id));
  if (ended !== undefined) {
    return worthless(
      `Its capability ${ended} was revoked at seq ${known.revoked.get(ended) ?? 0}.`,
    );
  }
  const named = [...options.everNamed(actor), ...(known.listed.get(actor) ?? [])];
  if (!named.includes(kept.issuer)) {
    return worthless(`Its capability was issued by no key of ${actor} that policy or log name.`);
  }
  const { end, isProven } = entryOf(known, actor, kept.issuer);
  if (end !== null) {
    return worthless(
      `Its capability was issued by a key of ${actor} that ended at seq ${end.seq}.`,
    );
  }
  const { issuer: key } = kept;
  return { key, isProven: isProven || options.everNamed(actor).includes(key), problem: null };
}

function signatureOf(record: Spoken, known: Known, options: SignatureOptions): Signature {
  const { sig, actor, capability } = record;
  if (capability !== undefined) return lentSignature(record, known, options);
  if (sig === undefined) return worthless(null);
  const key = fittingKey(record, sig, known, options);
  if (key === undefined) {
    return worthless(`Its signature fits no key of ${actor} that policy or log name.`);
  }
  const { end, isProven } = entryOf(known, actor, key);
  if (end !== null) {
    return worthless(`It is signed with a key of ${actor} that ended at seq ${end.seq}.`);
  }
  return { key, isProven: isProven || options.everNamed(actor).includes(key), problem: null };
}

/** Since when a member signs, with a last key that binds: in the policy now, or on the log without a proven end. */
function mustSign(actor: string, known: Known, options: SignatureOptions): number | null {
  const signs = known.signs.get(actor);
  if (signs === undefined) return null;
  const { isProven, end } = entryOf(known, actor, signs.key);
  if (end?.isProven === true) return null;
  return isProven || options.roots(actor).includes(signs.key) ? signs.since : null;
}

function begin(known: Known, [actor, key]: readonly [string, string], entry: Entry): void {
  known.entries.set(`${actor} ${key}`, entry);
  known.listed.set(actor, (known.listed.get(actor) ?? new Set()).add(key));
  if (entry.isProven) known.signs.set(actor, { since: entry.since, key });
}

function finish(known: Known, [actor, key]: readonly [string, string], end: Entry['end']): void {
  const before = entryOf(known, actor, key);
  const isFinal = before.end?.isProven === true;
  known.entries.set(`${actor} ${key}`, { ...before, end: isFinal ? before.end : end });
}

/** An end counts whoever said it, and the first one does. */
function revoke({ revoked }: Known, id: unknown, seq: number): void {
  if (typeof id === 'string' && !revoked.has(id)) revoked.set(id, seq);
}

/** Takes over what a record says of keys and capabilities. */
function learn({ seq, events }: Spoken, known: Known, isProven: boolean): void {
  for (const { type, data } of events) {
    const key = (field: string): [string, string] => [String(data['agent']), String(data[field])];
    const beginning = { since: seq, isProven, end: null };
    if (type === 'key.added') begin(known, key('key'), beginning);
    if (type === 'capability.revoked') revoke(known, data['capability'], seq);
    if (type === 'key.revoked') finish(known, key('key'), { seq, isProven });
    if (type !== 'key.rotated') continue;
    finish(known, key('from'), { seq, isProven });
    begin(known, key('to'), beginning);
  }
}

interface Look {
  readonly known: Known;
  readonly options: SignatureOptions;
  readonly tell: Tell;
  readonly doubt: Tell;
}

function tellUnsigned({ actor, auth }: Spoken, { known, options, tell }: Look): void {
  if (auth.by === 'key') {
    tell('It says that a key vouches for it, and carries no signature.');
    return;
  }
  const since = auth.by === 'github' ? null : mustSign(actor, known, options);
  if (since !== null)
    tell(`${actor} signs since seq ${since}, and this record carries no signature.`);
}

function tellSender(record: Spoken, { problem }: Signature, look: Look): void {
  if (problem !== null) look.tell(problem);
  else if (record.sig === undefined) tellUnsigned(record, look);
}

/** Whether every event of a kind is about its sender, or the sender may speak for others. */
function isOwnMatter({ actor, events }: Spoken, kind: string, owner: string): boolean {
  return events.every(({ type, data }) => !type.startsWith(kind) || data[owner] === actor);
}

/** Why the word of a key that counts is not enough; null where it is. */
function excessOf(record: Spoken, { mayUse, isPerson, mayForce }: SignatureOptions): string | null {
  const { actor, op } = record;
  if (!mayUse(actor, op)) return `the policy does not let ${actor} use ${op}.`;
  if (!isPerson(actor) && !isOwnMatter(record, 'key.', 'agent')) {
    return 'only a person has a say in the keys of others.';
  }
  const isForced = !isOwnMatter(record, 'lock.released', 'holder');
  return isForced && !mayForce(actor)
    ? 'only people and executives end the locks of others.'
    : null;
}

/** Why nothing here shows that somebody vouches for a record; null where something does. */
function doubtOf(record: Spoken, { key, isProven }: Signature, options: SignatureOptions) {
  const { auth } = record;
  if (key !== null && isProven) return excessOf(record, options);
  if (options.trustsShell && (auth.by === 'shell' || auth.by === 'key')) return null;
  if (key !== null) return 'it is signed with a key that nobody vouches for.';
  if (auth.by !== 'github') return 'nobody vouches for it.';
  return 'it says that GitHub vouches for it, which only the App and the Action can find out.';
}

function rememberSigner({ actor, seq }: Spoken, { key, isProven }: Signature, known: Known): void {
  if (key === null || !isProven) return;
  known.signs.set(actor, { since: known.signs.get(actor)?.since ?? seq, key });
}

function lookAt(record: Spoken, look: Look): void {
  if (isLoss(record)) return;
  const { known, options, tell } = look;
  // A time that goes backwards is told elsewhere.
  if (record.at >= known.at) tellTimes(record, tell);
  known.at = record.at;
  for (const stranger of strangersIn(record)) tell(stranger);
  const signature = signatureOf(record, known, options);
  tellSender(record, signature, look);
  const doubt = doubtOf(record, signature, options);
  const permits = doubt === null ? [] : permitsIn(record);
  for (const permit of permits) look.doubt(`${permit}, and ${doubt ?? ''}`);
  rememberSigner(record, signature, known);
  learn(record, known, doubt === null);
}

const nothing = new Uint8Array();

/** Judges commits one after another, oldest first; every finding names its commit and line. */
export function signatureJudge(options: SignatureOptions): SignatureJudge {
  const problems: Problem[] = [];
  const unproven: Problem[] = [];
  const known: Known = {
    ...{ entries: new Map(), listed: new Map(), signs: new Map(), revoked: new Map() },
    at: '',
  };
  return {
    look({ oid, batch, lines }) {
      const records = lines === undefined ? recordsIn(batch ?? nothing) : spokenOf(lines);
      for (const [index, record] of records.entries()) {
        const where = { commit: oid, path: batchPath, line: index + 1 };
        const tell: Tell = (reason) => problems.push({ ...where, reason });
        const doubt: Tell = (reason) => unproven.push({ ...where, reason });
        if (record !== null) lookAt(record, { known, options, tell, doubt });
      }
    },
    isSilent: () =>
      [problems, unproven].every(({ length }) => length === 0) &&
      [known.entries, known.signs, known.revoked].every(({ size }) => size === 0),
    report: () => ({ problems, unproven }),
  };
}
