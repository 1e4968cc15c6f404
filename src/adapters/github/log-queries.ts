// The GraphQL of the log: one query for the last commits with their batches, one mutation to add a commit.

const commitFields = `
  oid
  message
  parents(first: 2) { nodes { oid } }
  author { email }
  signature { isValid wasSignedByGitHub }
  file(path: "batch.ndjson") { object { ... on Blob { oid text isTruncated } } }
`;

/** The head of the branch and `first` commits from it. */
export const headQuery = `
  query CoordHead($owner: String!, $repo: String!, $ref: String!, $first: Int!, $after: String) {
    repository(owner: $owner, name: $repo) {
      ref(qualifiedName: $ref) {
        target { ... on Commit { oid history(first: $first, after: $after) {
          nodes { ${commitFields} } pageInfo { hasNextPage endCursor }
        } } }
      }
    }
  }
`;

/** `first` commits from a given one, and where the branch stands. */
export const fromQuery = `
  query CoordFrom(
    $owner: String!, $repo: String!, $ref: String!, $oid: GitObjectID!, $first: Int!, $after: String
  ) {
    repository(owner: $owner, name: $repo) {
      ref(qualifiedName: $ref) { target { oid } }
      object(oid: $oid) { ... on Commit { oid history(first: $first, after: $after) {
        nodes { ${commitFields} } pageInfo { hasNextPage endCursor }
      } } }
    }
  }
`;

export const tipQuery = `
  query CoordTip($owner: String!, $repo: String!, $ref: String!) {
    repository(owner: $owner, name: $repo) { ref(qualifiedName: $ref) { target { oid } } }
  }
`;

/** The files of a folder and of what lies in it. */
function entriesOf(deeper: string): string {
  return `... on Tree { entries { name object { ... on Blob { oid byteSize } ${deeper} } } }`;
}

/** Names and sizes of a checkpoint's files, two levels of folders deep; their texts may be more than an answer holds. */
export const checkpointQuery = `
  query CoordCheckpoint($owner: String!, $repo: String!, $expression: String!) {
    repository(owner: $owner, name: $repo) {
      object(expression: $expression) { ${entriesOf(entriesOf(entriesOf('')))} }
    }
  }
`;

/** The texts of blobs, as `b0`, `b1` and so on; ids are hexadecimal and come from GitHub. */
export function textsQuery(oids: readonly string[]): string {
  const fields = oids.map(
    (oid, index) => `b${index}: object(oid: "${oid}") { ... on Blob { oid text isTruncated } }`,
  );
  return `
  query CoordTexts($owner: String!, $repo: String!) {
    repository(owner: $owner, name: $repo) { ${fields.join(' ')} }
  }
`;
}

export const commitMutation = `
  mutation CoordCommit($input: CreateCommitOnBranchInput!) {
    createCommitOnBranch(input: $input) { commit { oid } }
  }
`;

/** What `updateRefs` calls the repository. */
export const idQuery = `
  query CoordRepositoryId($owner: String!, $repo: String!) {
    repository(owner: $owner, name: $repo) { id }
  }
`;

export const refsMutation = `
  mutation CoordRefs($input: UpdateRefsInput!) {
    updateRefs(input: $input) { clientMutationId }
  }
`;

export interface BlobNode {
  readonly oid: string;
  readonly text: string | null;
  readonly isTruncated: boolean;
}

/** A file in a folder, without its text. */
export interface NamedBlob {
  readonly oid: string;
  readonly byteSize: number;
}

export interface CommitNode {
  readonly oid: string;
  readonly message: string;
  readonly parents: { readonly nodes: readonly { readonly oid: string }[] };
  readonly author: { readonly email: string | null } | null;
  readonly signature: { readonly isValid: boolean; readonly wasSignedByGitHub: boolean } | null;
  readonly file: { readonly object: BlobNode | null } | null;
}

export interface HistoryNode {
  readonly oid: string;
  readonly history: {
    readonly nodes: readonly CommitNode[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** A page of history, and the head of the branch as it was when the page was read. */
export interface Page extends HistoryNode {
  readonly head: string;
}
