// Which pull request an event is about, event by event.
import { expect, it } from 'vitest';
import { UsageError } from '../../kernel/fault.ts';
import { pullRequestOfEvent } from './event.ts';

const sha = '0123456789abcdef0123456789abcdef01234567';

function group(ref: string): Parameters<typeof pullRequestOfEvent>[1] {
  return { merge_group: { head_ref: ref } };
}

it.each([
  ['pull_request', { pull_request: { number: 7 } }, 7],
  ['pull_request_target', { pull_request: { number: 8 } }, 8],
  ['merge_group', group(`refs/heads/gh-readonly-queue/main/pr-12-${sha}`), 12],
  ['merge_group', group(`refs/heads/gh-readonly-queue/release/pr-3-x/pr-45-${sha}`), 45],
])('%s %j is about %i', (name, payload, number) => {
  expect(pullRequestOfEvent(name, payload)).toBe(number);
});

it.each([
  ['push', {}],
  ['workflow_dispatch', {}],
  ['merge_group', group('refs/heads/main')],
  ['merge_group', group('refs/heads/gh-readonly-queue/main/pr-12')],
  ['merge_group', group(`refs/heads/gh-readonly-queue/main/pr-12-${sha}/else`)],
  ['merge_group', group(`refs/heads/gh-readonly-queue/main/pr-0x1-${sha}`)],
])('%s %j is a UsageError that names the events to use', (name, payload) => {
  const call = () => pullRequestOfEvent(name, payload);
  expect(call).toThrow(UsageError);
  expect(call).toThrow(`The event ${name} names no pull request. Run this on pull_request,`);
});
