// Makes and checks the directory of a bare repository that native git understands as well.
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import {
  createSynced,
  errorCode,
  isAbsent,
  namesIn,
  readIfPresent,
  syncDirectory,
  withFaults,
} from './durable-file.ts';

const directories = ['objects', 'objects/info', 'objects/pack', 'refs', 'refs/heads', 'refs/tags'];

// Native git may work here too: it must not collect garbage on its own, must keep fetched packs
// as packs instead of thousands of loose files, and must sync what it writes, as we do.
const config = `[core]
	repositoryformatversion = 0
	filemode = ${process.platform === 'win32' ? 'false' : 'true'}
	bare = true
	fsync = committed,reference
[gc]
	auto = 0
[maintenance]
	auto = false
[transfer]
	unpackLimit = 1
`;

const files: Readonly<Record<string, string>> = {
  HEAD: 'ref: refs/heads/coord\n',
  config,
  description: 'The coordination log of this repository, kept by coord.\n',
};

/**
 * Creates an empty bare repository at `dir` unless there is one; two processes may do so at once.
 * It appears complete or not at all. Throws Fault `store-format` when something else is there.
 */
export function createBareStore(dir: string): void {
  withFaults(`create the store at ${dir}`, () => createUnlessThere(dir));
}

function createUnlessThere(dir: string): void {
  if (fs.existsSync(dir)) {
    checkBareStore(dir);
    return;
  }
  const parent = dirname(dir);
  fs.mkdirSync(parent, { recursive: true });
  removeAbandoned(parent, `${basename(dir)}.tmp-`);
  const temporary = `${dir}.tmp-${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    fillDirectory(temporary);
    renameUnlessThere(temporary, dir);
    syncDirectory(parent);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
  checkBareStore(dir);
}

/**
 * Checks that `dir` is a repository in the one format we write: SHA-1 names and refs as files.
 * Throws Fault `store-missing` or `store-format`.
 */
export function checkBareStore(dir: string): void {
  const text = readIfPresent(join(dir, 'config'))?.toString('utf8');
  if (text === undefined || !fs.existsSync(join(dir, 'HEAD'))) throw noRepository(dir);
  for (const [, name = '', value = ''] of text.matchAll(extensionPattern)) {
    if (supportedExtensions[name.toLowerCase()] !== value.toLowerCase()) {
      throw foreignFormat(dir, name, value);
    }
  }
}

const extensionPattern = /^[ \t]*(objectformat|refstorage)[ \t]*=[ \t]*"?([^\s"]*)/gim;
const supportedExtensions: Readonly<Record<string, string>> = {
  objectformat: 'sha1',
  refstorage: 'files',
};

function noRepository(dir: string): Fault {
  return new Fault(
    fs.existsSync(dir) ? 'store-format' : 'store-missing',
    `There is no git repository at ${dir}. Run \`coord init\`, or move away what is there first.`,
    { dir },
  );
}

function foreignFormat(dir: string, name: string, value: string): Fault {
  return new Fault(
    'store-format',
    `The store at ${dir} uses ${name} ${value}, which coord cannot write. Move it away and run \`coord init\` to make a new one.`,
    { dir, name, value },
  );
}

function fillDirectory(root: string): void {
  fs.mkdirSync(root);
  for (const directory of directories) fs.mkdirSync(join(root, directory));
  for (const [name, text] of Object.entries(files)) createSynced(join(root, name), text);
  for (const directory of [...directories, '.']) syncDirectory(join(root, directory));
}

function renameUnlessThere(from: string, to: string): void {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    // Another process was first, and its repository is as good as ours.
    if (!/^(?:EEXIST|ENOTEMPTY|EPERM|EACCES)$/.test(errorCode(error) ?? '')) throw error;
    if (!fs.existsSync(to)) throw error;
  }
}

/** Removes what killed processes left beside the store under names with this prefix, once it is old. */
export function removeAbandoned(parent: string, prefix: string): void {
  const before = Date.now() - limits.staleTemporarySeconds * 1000;
  for (const name of namesIn(parent)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(parent, name);
    try {
      if (fs.statSync(path).mtimeMs < before) fs.rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }
}
