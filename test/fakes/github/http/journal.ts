// The request log: one record per request, opened before anything can fail.
import type { RequestRecord } from '../state/record.ts';
import type { World } from '../state/world.ts';

/** Opens a record; the fields that are not known yet are filled in while the request is served. */
export function openRecord(
  world: World,
  request: Pick<RequestRecord, 'kind' | 'method' | 'path' | 'query'>,
): RequestRecord {
  const record: RequestRecord = {
    ...request,
    operation: '',
    isWrite: false,
    authenticatedAs: 'anonymous',
    status: 0,
    at: performance.now(),
    durationMs: 0,
  };
  world.requests.push(record);
  return record;
}

/** Closes a record with the status that was sent. */
export function closeRecord(record: RequestRecord, status: number): void {
  record.status = status;
  record.durationMs = performance.now() - record.at;
}
