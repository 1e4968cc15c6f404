// What a mutex file says about its holder, as JSON.
import { hash } from 'node:crypto';
import * as fs from 'node:fs';
import { isAbsent } from './durable-file.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** A holder's own words before it takes a mutex. */
export interface NewMutexRecord extends ProcessIdentity {
  /** Unique to this holding; tells it from the next one by the same process. */
  readonly nonce: string;
  readonly since: string;
}

/** A mutex file as found; without an identity where its text is unreadable. */
export interface MutexRecord {
  readonly identity: ProcessIdentity | undefined;
  /** Empty where the record names none that we could have written. */
  readonly nonce: string;
  readonly since: string;
  readonly heartbeat: string;
  readonly ageSeconds: number;
}

/** The text of a record, and the byte at which its heartbeat time starts. */
export function encodeRecord(record: NewMutexRecord): { text: string; heartbeatAt: number } {
  const text = `${JSON.stringify({ ...record, heartbeat: record.since })}\n`;
  return { text, heartbeatAt: Buffer.byteLength(text.slice(0, text.lastIndexOf(record.since))) };
}

/** The record in a file, undefined when there is none. */
export function readRecord(path: string): MutexRecord | undefined {
  try {
    const text = fs.readFileSync(path, 'utf8');
    return parseRecord(text) ?? unreadable(path, text);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function parseRecord(text: string): MutexRecord | undefined {
  const fields = parseObject(text);
  if (fields === undefined) return undefined;
  const field = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    identity: {
      // Process 0 is always alive: a record that names no process is waited for.
      pid: Number.isSafeInteger(fields['pid']) ? Math.max(Number(fields['pid']), 0) : 0,
      processStart: field('processStart'),
      pidNamespace: field('pidNamespace'),
      host: field('host'),
      machineId: field('machineId'),
      bootId: field('bootId'),
    },
    nonce: /^[0-9a-f]{16}$/.test(field('nonce')) ? field('nonce') : '',
    since: field('since'),
    heartbeat: field('heartbeat'),
    ageSeconds: 0,
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(path: string, text: string): MutexRecord {
  const { ino, mtime, mtimeMs } = fs.statSync(path);
  return {
    identity: undefined,
    nonce: hash('sha1', `${ino} ${mtimeMs} ${text}`, 'hex').slice(0, 16),
    since: mtime.toISOString(),
    heartbeat: mtime.toISOString(),
    ageSeconds: (Date.now() - mtimeMs) / 1000,
  };
}
