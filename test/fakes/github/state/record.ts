// What the fake writes down for tests to assert on: requests and violations.

export interface Violation {
  /**
   * `request`: GitHub's API description does not allow it. `answer`: the fake answered against the description.
   * `webhook`: a payload of ours does not fit its schema. `missing`: valid on GitHub, not implemented here.
   */
  readonly kind: 'request' | 'answer' | 'webhook' | 'missing';
  /** Operation id, GraphQL field or event name. */
  readonly operation: string;
  readonly message: string;
}

export interface RequestRecord {
  readonly kind: 'rest' | 'graphql' | 'git';
  readonly method: string;
  /** Without query and without the `/api/v3` prefix. */
  readonly path: string;
  readonly query: string;
  /** REST operation id, GraphQL root fields joined by a comma, or `git-receive-pack`. */
  operation: string;
  /** True for what changes something on GitHub; minting a token does not. */
  isWrite: boolean;
  /** `anonymous`, `app:<slug>` or a login. */
  authenticatedAs: string;
  /** 0 while running, and for good when the connection was cut instead of answered. */
  status: number;
  readonly at: number;
  durationMs: number;
}
