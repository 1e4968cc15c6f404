// Which fields of an event's data get into what is made of it.
import { expect, it } from 'vitest';
import { withUnknown } from './unknown-fields.ts';

it('is what was made where the data has no other fields', () => {
  const made = { title: 'A', id: '1' };
  expect(withUnknown(made, { title: 'a' }, 1)).toBe(made);
});

it('has the other fields too, in the order of the data, and never theirs for its own', () => {
  const whole = withUnknown({ title: 'A', id: '1' }, { mood: 'sunny', title: 'a', id: '2' }, 1);
  expect(JSON.stringify(whole)).toBe('{"mood":"sunny","title":"A","id":"1"}');
});
