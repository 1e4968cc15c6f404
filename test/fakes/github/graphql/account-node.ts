// Accounts, git actors and signatures as GraphQL nodes.
import type { Account } from '../state/account.ts';
import { webFlow } from '../state/account.ts';
import type { Repository } from '../state/repository.ts';
import type { Person } from '../git/object-format.ts';
import { accountOf, dateOf, verificationView } from '../view/commit-view.ts';
import type { GraphContext, GraphNode } from './context.ts';

/** An account; `typename` says which type the schema expects where a bot stands for a user. */
export function accountNode(
  { world }: GraphContext,
  account: Account,
  typename: string = account.type,
): GraphNode {
  return {
    __typename: typename,
    id: account.nodeId,
    databaseId: account.id,
    login: account.login,
    name: account.name,
    email: account.type === 'User' ? '' : account.email,
    url: `${world.url}/${account.login}`,
    resourcePath: `/${account.login}`,
    avatarUrl: () => `${world.url}/avatars/u/${account.id}`,
  };
}

/** Author or committer of a commit; `user` is whoever has that address. */
export function actorNode(context: GraphContext, person: Person): GraphNode {
  const account = accountOf(context.world, person);
  return {
    __typename: 'GitActor',
    name: person.name,
    email: person.email,
    date: dateOf(person),
    user: account === null ? null : accountNode(context, account, 'User'),
    avatarUrl: () => `${context.world.url}/avatars/u/${account?.id ?? 0}`,
  };
}

/** The signature of a commit made through the API; null for whatever was pushed over git. */
export function signatureNode(
  context: GraphContext,
  repository: Repository,
  oid: string,
): GraphNode | null {
  const verifiedAt = repository.signed.get(oid);
  if (verifiedAt === undefined) return null;
  const { signature, payload } = verificationView(repository, oid);
  return {
    __typename: 'GpgSignature',
    email: webFlow.email,
    isValid: true,
    state: 'VALID',
    wasSignedByGitHub: true,
    signer: accountNode(context, webFlow, 'User'),
    signature,
    payload,
    keyId: 'B5690EEEBB952194',
    verifiedAt,
  };
}
