// What is worked out once for a batch or an operation is worked out again when it is another one.
import { describe, expect, it } from 'vitest';
import { addSeconds } from '../kernel/duration.ts';
import { limits } from '../kernel/limits.ts';
import type { Intent } from '../log/record.ts';
import { registry } from '../registry.ts';
import { checkAge, resolveReferences, statesFor } from './decide.ts';
import { applyRecord, emptyFold, routeEvents } from './fold.ts';
import type { Fold } from './fold.ts';
import { evolutionsOf, operationNamed } from './registry-port.ts';
import type { Operation } from '../kernel/operation.ts';

const evolutions = routeEvents(evolutionsOf(registry));
const noon = '2026-11-20T12:00:00.000Z';

function foldAt(at: string | null): Fold {
  const fold = emptyFold(evolutions);
  fold.log = 'log';
  if (at !== null) fold.position = { oid: 'c', seq: 1, tail: 0, chain: '', at, hlc: `${at}/0000` };
  return fold;
}

function intentAt(time: string): Intent {
  return { id: 'i', log: 'log', op: 'message.read', actor: 'a', hlc: `${time}/0000`, input: {} };
}

function operation(name: string): Operation {
  const found = operationNamed(registry, name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found;
}

describe('the age of a command', () => {
  const ahead = limits.clockAheadSecondsMax;
  const kept = limits.idempotencyDaysMax * 86_400;

  it('is held against the clock of its own batch', () => {
    const young = foldAt(addSeconds(noon, -60));
    const codeAt = (now: string, seconds: number) =>
      checkAge(intentAt(addSeconds(now, seconds)), young, now)?.code;
    const later = addSeconds(noon, 3600);
    for (const now of [noon, later, noon]) {
      expect([codeAt(now, ahead), codeAt(now, ahead + 1)]).toEqual([undefined, 'clock-ahead']);
      expect([codeAt(now, -kept), codeAt(now, -kept - 1)]).toEqual([undefined, 'command-expired']);
    }
  });

  it('is held against the last time of the log where that is ahead', () => {
    const from = (known: string) =>
      checkAge(intentAt(addSeconds(noon, ahead + 60)), foldAt(known), noon)?.code;
    expect([from(noon), from(addSeconds(noon, 60)), from(noon)]).toEqual([
      'clock-ahead',
      undefined,
      'clock-ahead',
    ]);
  });
});

describe('an operation', () => {
  const fold = foldAt(noon);
  const meta = { log: 'log', hlc: `${noon}/0000`, policy: 'none' };
  applyRecord(fold, evolutions, {
    ...{ ...meta, id: 'first', op: 'message.send', actor: 'a', at: noon, seq: 1, input: {} },
    auth: { by: 'shell', subject: 's' },
    events: [
      {
        type: 'message.sent',
        data: {
          ...{ to: 'b', recipients: ['b'], subject: 's', priority: 'normal', thread: null },
          ...{ ackRequired: false, expectReplyUntil: null, expiresAt: null, link: null },
        },
      },
    ],
  });

  it('has its own fields resolved, not those of the one before', () => {
    for (const [name, field] of [
      ['message.read', 'message'],
      ['message.send', 'thread'],
      ['message.read', 'message'],
    ] as const) {
      const input = { [field]: 'M-1', subject: 'M-1' };
      const resolved = resolveReferences(operation(name), fold, input);
      expect(resolved).toEqual({ [field]: 'first', subject: 'M-1' });
    }
  });

  it('is given its own states, under its own names', () => {
    expect(Object.keys(statesFor(operation('message.send'), fold))).toEqual(['messages', 'agents']);
    expect(statesFor(operation('message.read'), fold)).toEqual({
      messages: fold.states.get('message'),
    });
    const other = foldAt(null);
    expect(statesFor(operation('message.read'), other)['messages']).toBe(
      other.states.get('message'),
    );
  });
});
