// Texts of many blobs in few round trips: GraphQL in chunks, REST for those that GraphQL cuts.
import type { BlobText } from '../../checks/pull-request.ts';
import { limits } from '../../kernel/limits.ts';
import { githubFault } from './client.ts';
import type { GitHubClient, RepositoryName } from './client.ts';

const blobsPerQuery = 50;

interface BlobNode {
  readonly oid: string;
  readonly text: string | null;
  readonly isTruncated: boolean;
  readonly isBinary: boolean | null;
  readonly byteSize: number;
}

function queryFor(oids: readonly string[]): string {
  const fields = oids.map(
    (oid, index) =>
      `b${index}: object(oid: "${oid}") { ... on Blob { oid text isTruncated isBinary byteSize } }`,
  );
  return `query CoordBlobs($owner: String!, $repo: String!) {
    repository(owner: $owner, name: $repo) { ${fields.join('\n')} }
  }`;
}

async function readWhole(
  client: GitHubClient,
  repository: RepositoryName,
  oid: string,
): Promise<BlobText> {
  const route = 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}';
  const { data } = await client.request(route, { ...repository, file_sha: oid });
  const { content } = data as { content: string };
  return { ok: true, text: Buffer.from(content, 'base64').toString('utf8') };
}

/** Where blobs are read, and how large one may be. */
interface Reading {
  readonly client: GitHubClient;
  readonly repository: RepositoryName;
  readonly bytesMax: number;
}

async function textOf(
  { client, repository, bytesMax }: Reading,
  node: BlobNode | null,
): Promise<BlobText> {
  if (node === null) return { ok: false, why: 'missing' };
  if (node.byteSize > bytesMax) return { ok: false, why: 'too-large' };
  if (node.isBinary === true) return { ok: false, why: 'binary' };
  if (node.isTruncated || node.text === null) return readWhole(client, repository, node.oid);
  return { ok: true, text: node.text };
}

async function readChunk(reading: Reading, oids: readonly string[]): Promise<[string, BlobText][]> {
  const { client, repository } = reading;
  const data = (await client.graphql(queryFor(oids), { ...repository })) as {
    repository: Readonly<Record<string, BlobNode | null>>;
  };
  return Promise.all(
    oids.map(async (oid, index): Promise<[string, BlobText]> => {
      const node = data.repository[`b${index}`] ?? null;
      return [oid, await textOf(reading, node)];
    }),
  );
}

/**
 * The texts of blobs by id. Fault when GitHub does not answer; a blob it does not have is `missing`, one of more than
 * `bytesMax` bytes `too-large`.
 */
export async function readBlobs(
  client: GitHubClient,
  repository: RepositoryName,
  wanted: readonly string[],
  bytesMax: number = limits.analysedFileBytesMax,
): Promise<Map<string, BlobText>> {
  const reading: Reading = { client, repository, bytesMax };
  const oids = [...new Set(wanted)];
  const chunks: string[][] = [];
  for (let at = 0; at < oids.length; at += blobsPerQuery)
    chunks.push(oids.slice(at, at + blobsPerQuery));
  try {
    const read = await Promise.all(chunks.map((chunk) => readChunk(reading, chunk)));
    return new Map(read.flat());
  } catch (error) {
    throw githubFault('read changed files', error);
  }
}
