import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'redis';
import { LEFTOVER_FILE } from '../../workers/local/redis-bridge/redis-process.ts';
import type { ChaosSystem } from './chaos-system.ts';
import { type Fault, recovers, usesRedis } from './fault.ts';
import type { Sale } from './till.ts';

const ANSWER_MS = 5000;

/** Sends bytes and closes; @returns what was answered until the other side or `after` milliseconds closed it. */
function sendBytes(system: ChaosSystem, bytes: string, after: number): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(system.origin);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    socket.write(bytes, () => setTimeout(() => socket.destroy(), after));
  });
}

function head(system: ChaosSystem, type: string, ...more: string[]): string {
  return [
    'POST /v1/transactions HTTP/1.1',
    ...['Host: localhost', 'Connection: close', `Authorization: Bearer ${system.key}`],
    ...[`Content-Type: ${type}`, ...more, '', ''],
  ].join('\r\n');
}

const withLength = (system: ChaosSystem, body: string) =>
  `${head(system, 'application/json', `Content-Length: ${Buffer.byteLength(body)}`)}${body}`;

const lines = (sales: readonly Sale[]) => sales.map((sale) => `${JSON.stringify(sale)}\n`).join('');

export const CONNECTION_FAULTS: readonly Fault[] = [
  {
    name: 'malformed bodies',
    apply: async (system) => {
      const chunked = head(system, 'application/json', 'Transfer-Encoding: chunked');
      const sale = JSON.stringify(system.till.draw(1)[0]);
      const answers = await Promise.all(
        [
          `${chunked}zz\r\n[${sale}]\r\n0\r\n\r\n`,
          `${chunked}-1\r\n[${sale}]\r\n0\r\n\r\n`,
          'GARBAGE\r\n\r\n',
          withLength(system, `[${sale}`),
          withLength(system, `${sale}]`),
          withLength(system, 'null'),
          withLength(system, '{"transactions":7}'),
          withLength(system, '\u0000\uffff'.repeat(1000)),
          withLength(system, '['.repeat(100_000)),
        ].map((bytes) => sendBytes(system, bytes, ANSWER_MS)),
      );
      const status = /^HTTP\/1\.1 (\d)/;
      const wrong = answers.filter((answer) => !['4', undefined].includes(status.exec(answer)?.[1]));
      if (wrong.length > 0) throw new Error(`a malformed body was answered with ${wrong[0]}`);
      const refused = answers.filter((answer) => status.exec(answer)?.[1] === '4');
      if (refused.length < 5) throw new Error(`only ${refused.length} malformed bodies were refused`);
      return recovers;
    },
  },
  {
    name: 'clients cut off in the middle of a body',
    apply: async (system, random) => {
      // In no account: when a part of such a body is counted, there are units too many.
      for (const type of ['application/json', 'application/x-ndjson']) {
        const sales = system.till.draw(20);
        const body = type === 'application/json' ? JSON.stringify(sales) : lines(sales);
        const cut =
          type === 'application/json'
            ? body.slice(0, 1 + Math.floor(random() * (body.length - 1)))
            : lines(sales.slice(0, 10));
        const size = cut.length.toString(16);
        await Promise.all([
          sendBytes(system, `${head(system, type, `Content-Length: ${body.length}`)}${cut}`, 300),
          sendBytes(system, `${head(system, type, 'Transfer-Encoding: chunked')}${size}\r\n${cut}\r\n`, 300),
        ]);
      }
      return recovers;
    },
  },
  {
    name: 'clients gone before the answer',
    apply: async (system, random) => {
      for (let i = 0; i < 10; i++) {
        const sales = system.till.draw();
        await sendBytes(system, withLength(system, JSON.stringify(sales)), Math.floor(random() * 30));
        system.till.sendAgain(sales);
      }
      return recovers;
    },
  },
  {
    name: 'connections to redis-server cut',
    fits: usesRedis,
    apply: async (system, random) => {
      const note = await readFile(join(system.dataDir, 'redis', LEFTOVER_FILE), 'utf8');
      const { port, password } = JSON.parse(note) as { port: number; password: string };
      const client = createClient({ password, socket: { host: '127.0.0.1', port } });
      client.on('error', () => undefined);
      await client.connect();
      try {
        // At any moment of a delivery or a run.
        await wait(Math.floor(random() * 1000));
        const cut = Number(await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']));
        if (cut === 0) throw new Error('redis-server had no connection to cut');
      } finally {
        client.destroy();
      }
      return recovers;
    },
  },
];
