// The log's own repository lies beside the code's, or where a URL says.
import { describe, expect, it } from 'vitest';
import { logOwnerAndName, logPlacePattern, logUrl } from './log-place.ts';

it.each([
  ['same', 'https://github.com/octo/demo.git', null],
  ['octo/log', 'https://github.com/octo/demo.git', 'https://github.com/octo/log.git'],
  [
    'octo/log',
    'https://me:tok@git.example.com/octo/demo',
    'https://me:tok@git.example.com/octo/log',
  ],
  ['octo/log', 'git@github.com:octo/demo.git', 'git@github.com:octo/log.git'],
  ['octo/log', 'ssh://git@github.com:22/octo/demo.git/', 'ssh://git@github.com:22/octo/log.git'],
  ['octo/log', '/srv/git/octo/demo.git', '/srv/git/octo/log.git'],
  ['octo/log', 'https://git.example.com/demo.git', null],
  ['https://git.example.com/octo/log', '/srv/demo', 'https://git.example.com/octo/log'],
  ['git@git.example.com:octo/log.git', '/srv/demo', 'git@git.example.com:octo/log.git'],
])('%s beside %s is %s', (said, code, url) => {
  expect(logUrl(said, code)).toBe(url);
});

describe('the policy', () => {
  it.each([
    ...['same', 'octo/log', 'https://git.example.com/octo/log.git', 'git@github.com:octo/log.git'],
    'ssh://git@github.com/octo/log.git',
  ])('takes %s', (said) => {
    expect(said).toMatch(logPlacePattern);
  });

  it.each([
    ...['', 'log', '../x/y', 'https://me:secret@git.example.com/octo/log', 'file:///srv/log'],
    ...['ext::sh -c x', '-x@host:y z', 'https://git.example.com', 'octo/log/more'],
  ])('does not take %s', (said) => {
    expect(said).not.toMatch(logPlacePattern);
  });
});

it.each([
  ['same', null],
  ['octo/log', { owner: 'octo', repo: 'log' }],
  ['https://github.com/octo/log.git', { owner: 'octo', repo: 'log' }],
  ['git@github.com:octo/log.git', { owner: 'octo', repo: 'log' }],
])('for a host %s is %o', (said, name) => {
  expect(logOwnerAndName(said)).toEqual(name);
});
