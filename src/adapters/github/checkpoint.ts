// A checkpoint as GitHub shows it: first the names of its files, then their texts in portions that an answer can hold.
import { Buffer } from 'node:buffer';
import { Fault } from '../../kernel/fault.ts';
import { limits } from '../../kernel/limits.ts';
import { checkpointFolder } from '../../log/format.ts';
import { githubFault } from './client.ts';
import { blobsBelow } from './folder.ts';
import type { Reach } from './git-data.ts';
import { checkpointQuery, textsQuery } from './log-queries.ts';
import type { BlobNode, NamedBlob } from './log-queries.ts';

/** Asks GraphQL about the repository; Fault `github-refused` where it is not shown to us. */
export async function askRepository(
  { client, repository }: Reach,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const data = (await client
    .graphql(query, { ...repository, ...variables })
    .catch((error: unknown) => {
      throw githubFault('read the log', error);
    })) as { readonly repository: Readonly<Record<string, unknown>> | null } | null;
  if (data?.repository === null || data?.repository === undefined) {
    const place = `${repository.owner}/${repository.repo}`;
    throw new Fault('github-refused', `GitHub shows no repository ${place} to us.`);
  }
  return data.repository;
}

/** The text of a blob; what GraphQL cuts is read whole by REST. */
export async function wholeText(
  { client, repository }: Reach,
  { oid, text, isTruncated }: BlobNode,
): Promise<string> {
  if (!isTruncated && text !== null) return text;
  const route = 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}';
  const { data } = await client
    .request(route, { ...repository, file_sha: oid })
    .catch((error: unknown) => {
      throw githubFault('read the log', error);
    });
  return Buffer.from((data as { content: string }).content, 'base64').toString('utf8');
}

/** The files below `checkpoint/` in a commit, by path, without their texts. */
export async function checkpointFiles(
  reach: Reach,
  commit: string,
): Promise<ReadonlyMap<string, NamedBlob>> {
  const expression = `${commit}:${checkpointFolder.slice(0, -1)}`;
  const repository = await askRepository(reach, checkpointQuery, { expression });
  return blobsBelow(repository['object'], checkpointFolder);
}

/** Blobs in portions whose texts one answer can hold. */
function portions(blobs: readonly NamedBlob[]): string[][] {
  const all: string[][] = [];
  let bytes = Infinity;
  for (const { oid, byteSize } of blobs) {
    const last = all.at(-1);
    const isFull = last?.length === limits.checkpointBlobsPerQueryMax;
    if (last === undefined || isFull || bytes + byteSize > limits.checkpointBytesPerQueryMax) {
      all.push([oid]);
      bytes = byteSize;
    } else {
      last.push(oid);
      bytes += byteSize;
    }
  }
  return all;
}

async function readPortion(
  reach: Reach,
  oids: readonly string[],
  into: Map<string, string>,
): Promise<void> {
  const repository = await askRepository(reach, textsQuery(oids), {});
  for (const [index, oid] of oids.entries()) {
    const blob = repository[`b${index}`] as BlobNode | null | undefined;
    // A blob that the tree names and GitHub does not give: REST says why.
    into.set(oid, await wholeText(reach, blob ?? { oid, text: null, isTruncated: true }));
  }
}

/** Files and texts of a checkpoint, by path: two queries for a small one, one more for each further 100 files or 2 MB. */
export async function readCheckpoint(
  reach: Reach,
  commit: string,
): Promise<ReadonlyMap<string, string>> {
  const files = await checkpointFiles(reach, commit);
  const blobs = [...new Map([...files.values()].map((blob) => [blob.oid, blob])).values()];
  const texts = new Map<string, string>();
  for (const oids of portions(
    blobs.filter(({ byteSize }) => byteSize <= limits.graphqlTextBytesMax),
  )) {
    await readPortion(reach, oids, texts);
  }
  for (const { oid } of blobs) {
    if (texts.has(oid)) continue;
    texts.set(oid, await wholeText(reach, { oid, text: null, isTruncated: true }));
  }
  return new Map([...files].map(([path, { oid }]) => [path, texts.get(oid) ?? '']));
}
