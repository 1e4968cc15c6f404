// The App as the only writer: a scene whose policy says so, tokens of who may and who may not, and an issuer for workflows.
import { scenePolicy, startScene } from './app-scene.ts';
import type { Scene } from './app-scene.ts';
import { freePort, startWorkflowIssuer } from './workflow-issuer.ts';
import type { WorkflowIssuer } from './workflow-issuer.ts';

/** The workflow that speaks for codex. */
export const workflow = '.github/workflows/agent.yml';

/** ada is a person whose address the clone has, eve another one; only the App writes. */
export const sendingPolicy = `${scenePolicy
  .replace('tier: implementer }', `tier: implementer, workflows: ["${workflow}"] }`)
  .replace(
    'agents:',
    'people:\n  ada: { github: ada, email: mallory@example.com }\n  eve: { github: eve }\nagents:',
  )}
log: { writers: app }
`;

export interface SendingScene extends Scene {
  /** Where the App takes commands. */
  readonly url: string;
  readonly issuer: WorkflowIssuer;
  readonly tokens: {
    readonly ada: string;
    /** Of somebody who may only read. */
    readonly bob: string;
    readonly bot: string;
    /** Of the same bot, for reading only. */
    readonly weak: string;
  };
}

/** Builds it all; stop it with its own `stop`. */
export async function startSendingScene(): Promise<SendingScene> {
  const issuer = await startWorkflowIssuer();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    ...{ PORT: String(port), COORD_APP_URL: `${url}/`, COORD_OIDC_ISSUER: issuer.url },
    LOG_LEVEL: 'trace',
  };
  const scene = await startScene({ policy: sendingPolicy, environment });
  const { fake } = scene;
  const permissions = { contents: 'write', metadata: 'read' } as const;
  const bot = await fake.createApp({ name: 'codex-bot', permissions, events: [] });
  const tokens = {
    ada: fake.createUserToken('ada'),
    bob: fake.createUserToken('bob'),
    bot: bot.createToken(),
    weak: bot.createToken({ permissions: { contents: 'read', metadata: 'read' } }),
  };
  const stop = async (): Promise<void> => {
    await scene.stop();
    await issuer.stop();
  };
  return { ...scene, url, issuer, tokens, stop };
}
