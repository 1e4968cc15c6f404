// Files and folders at a revision: JSON up to 1 MB, raw up to 100 MB, links followed as GitHub does.
import { posix } from 'node:path';
import { entryType } from '../../git/object-format.ts';
import { resolveRevision } from '../../git/revision.ts';
import type { PathEntry } from '../../git/tree.ts';
import { findEntry } from '../../git/tree.ts';
import type { JsonObject } from '../../state/json.ts';
import { apiUrl, webUrl } from '../../state/repository.ts';
import type { Endpoint, RestAnswer, RestCall } from '../call.ts';
import { on } from '../call.ts';
import { notFound, Problem } from '../problem.ts';

const jsonBytesMax = 1024 * 1024;
const rawBytesMax = 100 * 1024 * 1024;

function entryView(call: RestCall, entry: PathEntry, size: number, ref: string): JsonObject {
  const path = entry.path.split('/').map(encodeURIComponent).join('/');
  const api = apiUrl(call.world.url, call.repository);
  const web = webUrl(call.world.url, call.repository);
  const type = entryType(entry.mode);
  const self = `${api}/contents/${path}?ref=${ref}`;
  const git = `${api}/git/${type}s/${entry.oid}`;
  const html = `${web}/${type === 'tree' ? 'tree' : 'blob'}/${ref}/${path}`;
  return {
    type: contentType(entry.mode),
    name: entry.path.split('/').at(-1) ?? '',
    path: entry.path,
    sha: entry.oid,
    size,
    url: self,
    git_url: type === 'commit' ? null : git,
    html_url: html,
    download_url: type === 'blob' ? `${web}/raw/${ref}/${path}` : null,
    _links: { self, git: type === 'commit' ? null : git, html },
  };
}

function contentType(mode: string): string {
  if (mode === '120000') return 'symlink';
  if (mode === '160000') return 'submodule';
  return mode === '040000' ? 'dir' : 'file';
}

async function sizeOf(call: RestCall, entry: PathEntry): Promise<number> {
  if (entryType(entry.mode) !== 'blob') return 0;
  return await call.repository.objects.size(entry.oid);
}

async function folderAnswer(call: RestCall, entry: PathEntry, ref: string): Promise<RestAnswer> {
  const entries = (await call.repository.objects.tree(entry.oid)) ?? [];
  const body = await Promise.all(
    entries.map(async (child) => {
      const path = entry.path === '' ? child.name : `${entry.path}/${child.name}`;
      const nested = { ...child, path };
      return entryView(call, nested, await sizeOf(call, nested), ref);
    }),
  );
  return { status: 200, body, isBare: true };
}

async function fileAnswer(call: RestCall, entry: PathEntry, ref: string): Promise<RestAnswer> {
  const data = (await call.repository.objects.read(entry.oid))?.data ?? Buffer.alloc(0);
  if (data.length > rawBytesMax) {
    const errors = [{ resource: 'Blob', field: 'data', code: 'too_large' }];
    throw new Problem(
      403,
      'The requested blob is too large to fetch via the API, but you can always clone the repository via Git in order to obtain it.',
      { body: { errors } },
    );
  }
  if (/\braw\b/.test(call.accept)) {
    const mediaType = 'application/vnd.github.raw+json; charset=utf-8';
    return { status: 200, raw: { data, mediaType } };
  }
  // Beyond 1 MB the JSON carries everything but the content.
  const isSmall = data.length <= jsonBytesMax;
  const content = isSmall ? data.toString('base64').replace(/.{60}/g, '$&\n') : '';
  const view = entryView(call, { ...entry, mode: '100644' }, data.length, ref);
  return {
    status: 200,
    body: { ...view, encoding: isSmall ? 'base64' : 'none', content },
    isBare: true,
  };
}

/** A link to a file of the repository answers that file; any other answers the link itself. */
async function linkAnswer(
  call: RestCall,
  entry: PathEntry,
  at: { readonly tree: string; readonly ref: string },
): Promise<RestAnswer> {
  const target = (await call.repository.objects.read(entry.oid))?.data.toString() ?? '';
  const path = posix.join(posix.dirname(entry.path), target);
  const found = path.startsWith('..')
    ? null
    : await findEntry(call.repository.objects, at.tree, path);
  if (found?.mode.startsWith('100') === true) {
    return await fileAnswer(call, { ...found, path: entry.path }, at.ref);
  }
  const view = entryView(call, entry, target.length, at.ref);
  return { status: 200, body: { ...view, target }, isBare: true };
}

/** The answer for whatever the path names: folder, link, submodule or file. */
async function entryAnswer(
  call: RestCall,
  entry: PathEntry,
  at: { readonly tree: string; readonly ref: string },
): Promise<RestAnswer> {
  switch (contentType(entry.mode)) {
    case 'dir':
      return await folderAnswer(call, entry, at.ref);
    case 'symlink':
      return await linkAnswer(call, entry, at);
    case 'submodule': {
      const view = entryView(call, entry, 0, at.ref);
      return { status: 200, body: { ...view, submodule_git_url: null }, isBare: true };
    }
    default:
      return await fileAnswer(call, entry, at.ref);
  }
}

async function getContent(call: RestCall): Promise<RestAnswer> {
  const { repository } = call;
  const ref = String(call.query['ref'] ?? repository.defaultBranch);
  const oid = await resolveRevision(repository, ref);
  if (oid === null) throw notFound(`No commit found for the ref ${ref}`);
  const tree = (await repository.objects.commit(oid))?.tree ?? '';
  const entry = await findEntry(repository.objects, tree, call.part('path'));
  if (entry === null) throw notFound();
  return await entryAnswer(call, entry, { tree, ref });
}

export const contentEndpoints: readonly Endpoint[] = [
  { id: 'repos/get-content', needs: on('contents', 'read'), handle: getContent },
];
