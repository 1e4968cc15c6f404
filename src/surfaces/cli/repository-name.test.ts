// The repository's name in the genesis: what people know it by, never what opens it.
import { expect, it } from 'vitest';
import { nameInUrl } from './repository-name.ts';

it.each([
  ['https://github.com/octo/demo.git', 'octo/demo'],
  ['https://user:s3cret@git.example.com/octo/demo', 'octo/demo'],
  ['https://user:s3cret@git.example.com/demo.git', 'demo'],
  ['git@github.com:octo/demo.git', 'octo/demo'],
  ['ssh://git@github.com:22/octo/demo.git/', 'octo/demo'],
  ['/srv/git/demo.git', 'git/demo'],
  ['C:\\git\\demo', 'git/demo'],
  ['', 'repository'],
])('%s is %s', (url, name) => {
  expect(nameInUrl(url)).toBe(name);
});
