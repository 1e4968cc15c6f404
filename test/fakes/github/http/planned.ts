// Carries out planned faults: refuses, cuts connections, leaves callers waiting.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Credential } from '../state/credential.ts';
import type { RequestRecord } from '../state/record.ts';
import { Problem } from '../rest/problem.ts';
import type { Fault } from './faults.ts';
import type { Limits } from './limits.ts';
import { primaryLimit, secondaryLimit } from './limits.ts';

/** Thrown where a call is to fail without an answer and without any effect. */
export class CutConnection extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super('The connection is cut on purpose.');
    this.fault = fault;
  }
}

/** Leaves the caller waiting as long as planned and cuts the connection. */
export async function cut(
  response: ServerResponse,
  record: RequestRecord,
  fault: Fault,
): Promise<void> {
  if (fault.hangMs !== undefined) await sleep(fault.hangMs);
  record.durationMs = performance.now() - record.at;
  response.socket?.destroy();
}

function refuseStale(operation: string): void {
  if (operation === 'git/update-ref') throw new Problem(422, 'Update is not a fast forward');
  if (operation === 'git/create-ref') throw new Problem(422, 'Reference already exists');
}

function retryAfter({ retryAfterSeconds }: Fault): Readonly<Record<string, string>> {
  return retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
}

/** Throws for the faults that keep a call from taking effect; the others are left to the caller. */
export function refuseAsPlanned(
  fault: Fault | null,
  record: RequestRecord,
  credential: Credential,
  limits: Limits,
): void {
  switch (fault?.kind) {
    case 'timeout-before-commit':
      throw new CutConnection(fault);
    case 'status':
      throw new Problem(fault.status ?? 502, 'Server Error', { headers: retryAfter(fault) });
    case 'secondary-limit':
      throw secondaryLimit(fault.status === 429 ? 429 : 403, fault.retryAfterSeconds ?? 60);
    case 'primary-limit':
      throw primaryLimit(credential, limits.budget(credential, 'core'));
    case 'stale':
      refuseStale(record.operation);
      return;
    case 'timeout-after-commit':
    case undefined:
      return;
  }
}
