// The committed JSON Schema and reference page are what the schema says.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { policyJsonSchema, policyJsonSchemaText, schemaPath } from '../../scripts/json-schema.ts';
import { policyReference, referencePath } from '../../scripts/policy-reference.ts';

const root = join(import.meta.dirname, '../..');

function committed(path: string): string {
  return readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n');
}

it('the committed JSON Schema is what the schema says', () => {
  expect(committed(schemaPath)).toBe(policyJsonSchemaText());
});

it('the committed reference page is what the schema says', () => {
  expect(committed(referencePath)).toBe(policyReference());
});

it('the JSON Schema takes a policy and refuses an unknown key', () => {
  const validate = new Ajv({ strict: false }).compile(policyJsonSchema());
  expect(validate({ version: 1, agents: { codex: { github: 'codex-bot[bot]' } } })).toBe(true);
  expect(validate({ version: 1, agent: {} })).toBe(false);
});

it('the reference page has a row for every key, with its type and default', () => {
  const rows = policyReference().split('\n');
  expect(rows).toContain('| `version` | `1` | required | Version of this format: 1. |');
  expect(rows).toContain(
    '| `locks.ttl` | duration | `1h` | How long a lock lasts when nothing else is said. |',
  );
  expect(rows).toContain(
    '| `plan.phases[].scopes.<name>.write` | list of globs | `[]` | Files it may add and change while the phase is active. |',
  );
  expect(rows).toContain(
    '| `checks.complexity.variant` | `classic` \\| `modified` | `classic` | classic counts every case of a switch; modified counts a switch as one. |',
  );
  expect(rows.filter((row) => row.startsWith('| `')).length).toBeGreaterThan(60);
});

it.each(['scripts/json-schema.ts', 'scripts/policy-reference.ts'])(
  '%s --check compares and says so',
  (script) => {
    const args = ['--import', 'tsx', join(root, script), '--check'];
    expect(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })).toContain(
      'is up to date.',
    );
  },
);

it('--check fails on a file that differs, with the command that repairs it', () => {
  const program = `
    import { writeOrCheck } from ${JSON.stringify(join(root, 'scripts/generated-file.ts'))};
    writeOrCheck('package.json', 'something else', ['--check']);
  `;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect(run.status).toBe(1);
  expect(run.stderr).toContain('package.json is not what the source says. Run "npx tsx');
});
