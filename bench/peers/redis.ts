// Redis streams with appendfsync always: one pipeline of XADD a batch, answered when all of it is synced.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Peer } from './peer.ts';

const redis = 'redis-server';
const startSecondsMax = 10;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const closed = once(server, 'close');
  server.close();
  await closed;
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

async function connected(port: number): Promise<Socket> {
  const deadline = performance.now() + startSecondsMax * 1000;
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(20);
    }
  }
}

function xadd(record: object): string {
  const text = JSON.stringify(record);
  return `*5\r\n$4\r\nXADD\r\n$3\r\nlog\r\n$1\r\n*\r\n$1\r\nr\r\n$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** Resolves when so many answers have come; each is an id on a line of its own behind its length. */
function answers(socket: Socket, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let lines = 0;
    const take = (bytes: Buffer): void => {
      const text = bytes.toString('latin1');
      lines += text.split('\n').length - 1;
      if (text.startsWith('-')) end(() => reject(new Error(`Redis refused: ${text}`)));
      else if (lines >= 2 * count) end(resolve);
    };
    const end = (settle: () => void): void => {
      socket.off('data', take);
      settle();
    };
    socket.on('data', take);
  });
}

async function ended(server: ChildProcess): Promise<void> {
  const exit = once(server, 'exit');
  server.kill('SIGTERM');
  await exit;
}

export async function openRedis(directory: string): Promise<Peer | null> {
  if (spawnSync(redis, ['--version']).status !== 0) return null;
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir: directory, appendonly: 'yes' };
  const always = { ...settings, appendfsync: 'always', save: '', daemonize: 'no' };
  const words = Object.entries(always).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn(redis, words, { stdio: 'ignore' });
  const socket = await connected(port);
  return {
    append: async (batch: Batch) => {
      const all = answers(socket, batch.length);
      socket.write(batch.map(xadd).join(''));
      await all;
    },
    close: async () => {
      socket.destroy();
      await ended(server);
    },
  };
}
