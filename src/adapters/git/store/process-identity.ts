// Who a process is, exactly enough to prove later, from another process, that it has ended.
import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from './durable-file.ts';

/** A process as others can recognise it; an unknown part is an empty string. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot when it started; tells a process from a later one with the same pid. */
  readonly processStart: string;
  /** Process numbers mean nothing in another namespace, even on the same machine. */
  readonly pidNamespace: string;
  readonly host: string;
  /** Tells machines apart that carry the same host name. */
  readonly machineId: string;
  readonly bootId: string;
}

/** `dead` is proven; `unknown` is a process we cannot look at from here. */
export type Liveness = 'alive' | 'dead' | 'unknown';

let own: ProcessIdentity | undefined;

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  own ??= {
    pid: process.pid,
    processStart: statusOf(process.pid)?.start ?? '',
    pidNamespace: pidNamespace(),
    host: hostname(),
    machineId: firstLine('/etc/machine-id'),
    bootId: firstLine('/proc/sys/kernel/random/boot_id'),
  };
  return own;
}

/**
 * Whether a process still runs, as far as `observer` (this process) can prove.
 * Outside Linux there is no start time to compare: a later process with the same pid counts as alive.
 */
export function judgeLiveness(subject: ProcessIdentity, observer = ownIdentity()): Liveness {
  if (subject.host !== observer.host || subject.machineId !== observer.machineId) return 'unknown';
  if (subject.bootId !== observer.bootId) {
    // The same machine was started again, and no process outlives that.
    return [subject.bootId, observer.bootId].includes('') ? 'unknown' : 'dead';
  }
  if (!sharesNamespace(subject, observer)) return 'unknown';
  return isRunning(subject) ? 'alive' : 'dead';
}

function sharesNamespace(subject: ProcessIdentity, observer: ProcessIdentity): boolean {
  // Only Linux has them; there, not knowing one's own proves nothing.
  const isKnown = observer.pidNamespace !== '' || process.platform !== 'linux';
  return isKnown && subject.pidNamespace === observer.pidNamespace;
}

function isRunning({ pid, processStart }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    if (errorCode(error) === 'ESRCH') return false;
  }
  const status = statusOf(pid);
  if (status === undefined || processStart === '') return true;
  return status.start === processStart && !/^[ZXx]$/.test(status.state);
}

/** State and start time of a process on Linux; undefined elsewhere or where it cannot be seen. */
function statusOf(pid: number): { state: string; start: string } | undefined {
  // The second field is the program's name, which may contain spaces and parentheses.
  const text = readText(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const start = fields[19];
  return state === undefined || start === undefined ? undefined : { state, start };
}

function pidNamespace(): string {
  try {
    return fs.readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function firstLine(path: string): string {
  return readText(path).split('\n', 1)[0]?.trim() ?? '';
}

function readText(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
