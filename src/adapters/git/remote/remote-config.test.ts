// The URL of a remote as the configuration file spells it, held against what native git answers.
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runGit } from '../native.ts';
import { configuredUrl } from './remote-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'coord-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = `# [remote "origin"] in a comment
[core]
	url = no
[Remote "origin"] ; the one
	fetch = +refs/heads/*:refs/remotes/origin/*
	URL = https://example.com/a/b.git ; behind a blank
	pushurl = "https://push.example.com/a b.git" # quoted
[remote "origin.extra"]
	url = https://example.com/extra
[remote "say \\"hi\\""]
	url = https://example.com/#fragment
[branch "main"]
	remote = origin
`;

describe('configuredUrl', () => {
  const repository = { directory: folder, gitDir: folder, commonDir: folder };
  mkdirSync(join(folder, 'objects'));
  mkdirSync(join(folder, 'refs'));
  writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(folder, 'config'), config);

  it.each(['origin', 'origin.extra', 'say "hi"'])('reads what git reads for %s', async (name) => {
    for (const [direction, flags] of [
      ['fetch', []],
      ['push', ['--push']],
    ] as const) {
      const args = ['remote', 'get-url', ...flags, '--', name];
      const said = await runGit(args, { cwd: folder, env: { GIT_CONFIG_GLOBAL: '/dev/null' } });
      expect(configuredUrl(repository, name, direction)).toBe(said.toString().trim());
    }
  });

  it('answers null for a remote that is not there', () => {
    expect(configuredUrl(repository, 'extra', 'fetch')).toBeNull();
  });
});
