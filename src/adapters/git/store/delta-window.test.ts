// An object that begins as one before it is told by what differs, where that is worth it.
import { randomBytes } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { present } from '../../../kernel/assert.ts';
import { applyDelta } from './delta.ts';
import { DeltaWindow } from './delta-window.ts';
import type { DeltaEntry } from './delta-window.ts';
import { encodeEntry } from './pack-entry.ts';

const head = 'a file that has this name and';

/** Of bytes that nothing makes smaller. */
function version(middle: Buffer, rest = randomBytes(400)): Buffer {
  return Buffer.concat([Buffer.from(head), middle, rest]);
}

function pass(window: DeltaWindow, oid: string, body: Buffer): DeltaEntry | undefined {
  return window.deltaOf({ oid, type: 'blob', body }, encodeEntry('blob', body).length);
}

describe('a window of objects', () => {
  it('tells a later version by the first, and a third by the first again', () => {
    const window = new DeltaWindow();
    const rest = randomBytes(400);
    const first = version(Buffer.from('1'), rest);
    expect(pass(window, 'one', first)).toBeUndefined();
    for (const later of ['2', '3']) {
      const body = version(Buffer.from(later), rest);
      const entry = present(pass(window, later, body), 'little differs');
      expect(entry.base).toBe('one');
      const delta = inflateSync(entry.deflated);
      expect(delta).toHaveLength(entry.size);
      expect(applyDelta(first, delta)).toEqual(body);
    }
  });

  it('begins anew with a version that has little of the first', () => {
    const window = new DeltaWindow();
    const rest = randomBytes(400);
    pass(window, 'one', version(Buffer.from('1')));
    expect(pass(window, 'two', version(Buffer.from('2'), rest))).toBeUndefined();
    expect(pass(window, 'three', version(Buffer.from('3'), rest))?.base).toBe('two');
  });

  it('never tells an object by itself, or by one of another type', () => {
    const window = new DeltaWindow();
    const body = version(Buffer.from('1'));
    pass(window, 'one', body);
    expect(pass(window, 'one', body)).toBeUndefined();
    expect(window.deltaOf({ oid: 'tree', type: 'tree', body }, 1000)).toBeUndefined();
  });

  it('tells a small object that begins otherwise by whichever of the last few is most like it', () => {
    const window = new DeltaWindow();
    const shared = ['red', 'blue', 'green'].map((each) =>
      Buffer.from(each + randomBytes(300).toString('hex')),
    );
    const opening = (each: string): Buffer => Buffer.concat([randomBytes(30), Buffer.from(each)]);
    for (const each of shared) pass(window, each.toString('latin1', 0, 3), each);
    for (const each of shared) {
      const like = Buffer.concat([opening('x'), each]);
      expect(pass(window, 'like', like)?.base).toBe(each.toString('latin1', 0, 3));
    }
    pass(window, 'another', randomBytes(600));
    const [first = Buffer.alloc(0)] = shared;
    expect(pass(window, 'late', Buffer.concat([opening('x'), first]))).toBeUndefined();
  });

  it('tells nothing by an object that is told itself', () => {
    const window = new DeltaWindow();
    const [one, half] = [randomBytes(1000), randomBytes(500)];
    pass(window, 'one', one);
    const two = Buffer.concat([one.subarray(0, 700), half]);
    expect(pass(window, 'two', two)?.base).toBe('one');
    expect(
      pass(window, 'three', Buffer.concat([Buffer.from('!'), half, randomBytes(10)])),
    ).toBeUndefined();
  });

  it('leaves what is smaller as it is', () => {
    const window = new DeltaWindow();
    const body = (each: string): Buffer => Buffer.from(`${head}${each}${'x'.repeat(400)}`);
    pass(window, 'one', body('1'));
    expect(window.deltaOf({ oid: 'two', type: 'blob', body: body('2') }, 30)).toBeUndefined();
  });

  it('forgets what was not used for the longest, when it holds too much', () => {
    const window = new DeltaWindow();
    const [kept, gone] = [version(Buffer.from('k')), Buffer.alloc(300_000, randomBytes(500))];
    pass(window, 'gone', gone);
    pass(window, 'kept', kept);
    for (let place = 0; place < 10; place += 1) {
      pass(window, `large ${place}`, randomBytes(1_000_000));
      expect(pass(window, `again ${place}`, Buffer.concat([kept, Buffer.from('!')]))?.base).toBe(
        'kept',
      );
    }
    expect(pass(window, 'late', Buffer.concat([gone, Buffer.from('!')]))).toBeUndefined();
  });

  it.each([
    ['commit', 200, false],
    ['tree', 200, true],
    ['blob', 200, true],
    ['blob', 40, false],
    ['blob', 2_000_000, false],
  ] as const)('takes a %s of %i bytes: %s', (type, size, isTaken) => {
    expect(DeltaWindow.takes(type, size)).toBe(isTaken);
  });
});
