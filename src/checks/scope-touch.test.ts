import { describe, expect, it } from 'vitest';
import { outcomeOf, wantedOf } from '../../test/scope-plan.ts';
import type { Case } from '../../test/scope-plan.ts';

/** Everything, and one of the protected globs as it stands. */
const listed = `version: 1
plan:
  phases:
    - { id: all, status: active, scopes: { codex: { write: ["**", ".github/workflows/**"] } } }
`;

const cases: readonly Case[] = [
  // symlinks and submodules
  {
    name: 'a new symlink in scope',
    head: { 'src/network/a': { link: '../../docs' } },
    found: ['scope-symlink src/network/a'],
  },
  {
    name: 'a symlink that points elsewhere now',
    base: { 'src/network/a': { link: 'b' } },
    head: { 'src/network/a': { link: '/etc/passwd' } },
    found: ['scope-symlink src/network/a'],
  },
  {
    name: 'a symlink that is moved',
    base: { 'src/network/old/a': { link: 'b' } },
    head: { 'src/network/a': { link: 'b' } },
    found: ['scope-symlink src/network/a'],
  },
  {
    name: 'a file replaced by a symlink',
    base: { 'src/network/a.ts': 'x' },
    head: { 'src/network/a.ts': { link: 'b' } },
    found: ['scope-delete src/network/a.ts', 'scope-symlink src/network/a.ts'],
  },
  {
    name: 'a file that may be deleted, replaced by a submodule',
    base: { 'src/network/old/a': 'x' },
    head: { 'src/network/old/a': { submodule: '1'.repeat(40) } },
    found: ['scope-submodule src/network/old/a'],
  },
  {
    name: 'a submodule at another commit',
    base: { 'src/network/sub': { submodule: '1'.repeat(40) } },
    head: { 'src/network/sub': { submodule: '2'.repeat(40) } },
    found: ['scope-submodule src/network/sub'],
  },
  {
    name: 'a symlink made a file',
    base: { 'src/network/old/a': { link: 'b' } },
    head: { 'src/network/old/a': 'x' },
    found: [],
  },
  // protected files
  {
    name: 'a workflow',
    head: { '.github/workflows/x.yml': 'x' },
    found: ['scope-protected .github/workflows/x.yml'],
  },
  { name: 'a workflow listed by name', head: { '.github/workflows/ci.yml': 'x' }, found: [] },
  { name: 'a listed workflow, deleted', base: { '.github/workflows/ci.yml': 'x' }, found: [] },
  {
    name: 'the policy itself',
    base: { '.github/coord.yml': 'x' },
    head: { '.github/coord.yml': 'y' },
    found: ['scope-protected .github/coord.yml'],
  },
  {
    name: 'a workflow in the eyes of a case-blind file system',
    head: { '.GitHub/Workflows/x.yml': 'x' },
    found: ['scope-protected .GitHub/Workflows/x.yml'],
  },
  {
    name: 'a listed name in another case',
    head: { '.github/workflows/CI.yml': 'x' },
    found: ['scope-protected .github/workflows/CI.yml'],
  },
  {
    name: "the policy's own protected file, listed",
    head: { 'src/secret/key.ts': 'x' },
    found: [],
  },
  {
    name: "the policy's own protected file",
    head: { 'src/secret/b.ts': 'x' },
    found: ['scope-protected src/secret/b.ts'],
  },
  {
    name: 'a protected file that a later phase lists by name',
    head: { CODEOWNERS: 'x' },
    found: ['scope-phase CODEOWNERS'],
  },
  {
    name: 'a deleted protected file',
    base: { '.gitattributes': 'x' },
    found: ['scope-protected .gitattributes', 'scope-delete .gitattributes'],
  },
  {
    name: 'a protected glob that the scope lists as it stands',
    head: { '.github/workflows/x.yml': 'x', '.GITHUB/workflows/y.yml': 'x' },
    parts: { policy: listed },
    found: [
      'scope-protected .GITHUB/workflows/y.yml',
      'scope-twin .github/workflows/x.yml',
      'scope-twin .GITHUB/workflows/y.yml',
    ],
  },
  // names
  {
    name: 'a reserved name',
    head: { 'src/network/aux.ts': 'x' },
    found: ['scope-path src/network/aux.ts'],
  },
  {
    name: 'a name with a line break that holds a command',
    head: { 'src/network/a\n/coord plan start ui': 'x' },
    found: ['scope-path src/network/a\n/coord plan start ui'],
  },
  {
    name: 'an old bad name that is only changed',
    base: { 'src/network/aux.ts': 'x' },
    head: { 'src/network/aux.ts': 'y' },
    found: [],
  },
  {
    name: 'two new names that differ in case',
    head: { 'src/network/A.ts': 'x', 'src/network/a.ts': 'y' },
    found: ['scope-twin src/network/A.ts', 'scope-twin src/network/a.ts'],
  },
  {
    name: 'a new name that differs in case from an old one',
    base: { 'src/network/a.ts': 'x' },
    head: { 'src/network/a.ts': 'x', 'src/network/A.ts': 'y' },
    found: ['scope-twin src/network/A.ts'],
  },
  {
    name: 'a glob that is met in another normal form',
    head: { 'src/network/cafe\u0301.ts': 'x', 'src/network/caf\u00e9.ts': 'y' },
    found: ['scope-twin src/network/cafe\u0301.ts', 'scope-twin src/network/caf\u00e9.ts'],
  },
  {
    name: 'a rename that only changes case',
    base: { 'src/network/old/A.ts': 'x' },
    head: { 'src/network/old/a.ts': 'x' },
    found: [],
  },
];

describe('entries, protected files and names', () => {
  it.each(cases)('judges $name', async (one) => {
    expect(await outcomeOf(one)).toEqual(wantedOf(one));
  });
});
