import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { NetError } from '#engine/http';
import { createLab, type Lab } from '../lab.ts';

const settle = () => setImmediate() as Promise<void>;

async function started(flags: readonly string[] = []): Promise<Lab & { server: ReturnType<Lab['start']> }> {
  const lab = await createLab(settle, { image: 'redis:7.2.4' });
  const server = lab.start(['redis-server', '--dir', '/data', ...flags]);
  await lab.loop.runUntil(lab.loop.now() + 100);
  return { ...lab, server };
}

const cli = async (lab: Lab, lines: string): Promise<string> =>
  (await lab.run(['redis-cli', '--no-raw'], { stdin: lines })).stdout;

describe('commands', () => {
  test.each([
    ['PING\nPING hi\nECHO "a b"', 'PONG\n"hi"\n"a b"\n'],
    [
      'SET a 1\nGET a\nGET b\nINCR a\nINCRBY a 40\nDECR a\nINCRBYFLOAT a 0.5',
      'OK\n"1"\n(nil)\n(integer) 2\n(integer) 42\n(integer) 41\n"41.5"\n',
    ],
    ['SET a x NX\nSET a y NX\nSET a y XX GET\nGETDEL a\nEXISTS a', 'OK\n(nil)\n"x"\n"y"\n(integer) 0\n'],
    [
      'SET a x\nINCR a\nLPUSH a 1',
      'OK\n(error) ERR value is not an integer or out of range\n(error) WRONGTYPE Operation against a key holding the wrong kind of value\n',
    ],
    ['NOPE a b', "(error) ERR unknown command 'NOPE', with args beginning with: 'a' 'b' \n"],
    ['GET', "(error) ERR wrong number of arguments for 'get' command\n"],
    ['MSET a 1 b 2\nMGET a b c\nDEL a b c\nKEYS *', 'OK\n1) "1"\n2) "2"\n3) (nil)\n(integer) 2\n(empty array)\n'],
    [
      'RPUSH l a b c\nLPUSH l z\nLRANGE l 0 -1\nLPOP l\nRPOP l 2\nLLEN l\nTYPE l',
      '(integer) 3\n(integer) 4\n1) "z"\n2) "a"\n3) "b"\n4) "c"\n"z"\n1) "c"\n2) "b"\n(integer) 1\nlist\n',
    ],
    [
      'HSET h a 1 b 2\nHGETALL h\nHINCRBY h a 5\nHDEL h a b\nEXISTS h',
      '(integer) 2\n1) "a"\n2) "1"\n3) "b"\n4) "2"\n(integer) 6\n(integer) 2\n(integer) 0\n',
    ],
    [
      'SADD s a b\nSADD t b c\nSINTER s t\nSDIFF s t\nSUNIONSTORE u s t\nSISMEMBER u c',
      '(integer) 2\n(integer) 2\n1) "b"\n1) "a"\n(integer) 3\n(integer) 1\n',
    ],
    [
      'ZADD z 2 b 1 a 3 c\nZRANGE z 0 -1 WITHSCORES\nZRANGEBYSCORE z (1 +inf\nZREVRANK z a\nZPOPMAX z',
      '(integer) 3\n1) "a"\n2) "1"\n3) "b"\n4) "2"\n5) "c"\n6) "3"\n1) "b"\n2) "c"\n(integer) 2\n1) "c"\n2) "3"\n',
    ],
    ['MULTI\nINCR a\nINCR a\nEXEC', 'OK\nQUEUED\nQUEUED\n1) (integer) 1\n2) (integer) 2\n'],
    [
      'MULTI\nNOPE\nEXEC\nEXEC',
      "OK\n(error) ERR unknown command 'NOPE', with args beginning with: \n(error) EXECABORT Transaction discarded because of previous errors.\n(error) ERR EXEC without MULTI\n",
    ],
    [
      'SELECT 1\nSET a 1\nDBSIZE\nSELECT 0\nDBSIZE\nSELECT 99',
      'OK\nOK\n(integer) 1\nOK\n(integer) 0\n(error) ERR DB index is out of range\n',
    ],
    ['SET a 1 EX 100\nTTL a\nPERSIST a\nTTL a\nTTL b', 'OK\n(integer) 100\n(integer) 1\n(integer) -1\n(integer) -2\n'],
    [
      'CONFIG GET maxmemory*\nCONFIG SET maxmemory 1x',
      '1) "maxmemory"\n2) "0"\n3) "maxmemory-policy"\n4) "noeviction"\n5) "maxmemory-samples"\n6) "5"\n(error) ERR CONFIG SET failed (possibly related to argument \'maxmemory\') - argument must be a memory value\n',
    ],
    ['SET k "\\x00é"\nSTRLEN k\nGET k', 'OK\n(integer) 3\n"\\x00\\xc3\\xa9"\n'],
    [
      'AUTH x',
      '(error) ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\n',
    ],
  ])('%s', async (input, expected) => {
    expect(await cli(await started(), `${input}\n`)).toBe(expected);
  });
});

describe('the server', () => {
  test('says in its log what it does, and saves when it is told to end', async () => {
    const lab = await started();
    await lab.run(['redis-cli', 'set', 'a', '1']);
    lab.server.kill('SIGTERM');
    await lab.loop.runUntil(lab.loop.now() + 100);
    expect(lab.server.status()?.code).toBe(0);
    const lines = lab.server
      .output()
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^\d+:(.) \d+ \w+ \d+ [\d:.]+ /, '$1 '));
    expect(lines).toEqual([
      'C * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo',
      expect.stringMatching(
        /^C \* Redis version=7\.2\.4, bits=64, commit=00000000, modified=0, pid=\d+, just started$/,
      ),
      'C * Configuration loaded',
      'M * monotonic clock: POSIX clock_gettime',
      'M * Running mode=standalone, port=6379.',
      'M * Server initialized',
      'M * Ready to accept connections tcp',
      'M * Received SIGTERM scheduling shutdown...',
      'M * User requested shutdown...',
      'M * Saving the final RDB snapshot before exiting.',
      'M * DB saved on disk',
      'M # Redis is now ready to exit, bye bye...',
    ]);
    lab.start(['redis-server', '--dir', '/data']);
    await lab.loop.runUntil(lab.loop.now() + 100);
    expect((await lab.run(['redis-cli', 'get', 'a'])).stdout).toBe('1\n');
  });

  test('loses what was not saved when it is killed, unless it keeps an append-only file', async () => {
    for (const [flags, expected] of [
      [[], '\n'],
      [['--appendonly', 'yes'], '3\n'],
    ] as const) {
      const lab = await started(flags);
      await cli(lab, 'SET a 1\nINCR a\nINCR a\nSPOP nothing\n');
      lab.server.kill('SIGKILL');
      lab.start(['redis-server', '--dir', '/data', ...flags]);
      await lab.loop.runUntil(lab.loop.now() + 100);
      expect((await lab.run(['redis-cli', 'get', 'a'])).stdout).toBe(expected);
    }
  });

  test('keys expire in virtual time', async () => {
    const lab = await started();
    await cli(lab, 'SET a 1 EX 10\n');
    await lab.loop.runUntil(lab.loop.now() + 9_000);
    expect((await lab.run(['redis-cli', 'exists', 'a'])).stdout).toBe('1\n');
    await lab.loop.runUntil(lab.loop.now() + 1_100);
    expect((await lab.run(['redis-cli', 'dbsize'])).stdout).toBe('0\n');
  });

  test('BLPOP waits for a push, or for its timeout', async () => {
    const lab = await started();
    const waiting = lab.start(['redis-cli', 'blpop', 'jobs', '0']);
    await lab.loop.runUntil(lab.loop.now() + 60_000);
    expect(waiting.status()).toBeUndefined();
    await lab.run(['redis-cli', 'rpush', 'jobs', 'one', 'two']);
    expect(waiting.output()).toBe('jobs\none\n');
    expect((await lab.run(['redis-cli', 'lrange', 'jobs', '0', '-1'])).stdout).toBe('two\n');
    expect((await lab.run(['redis-cli', '--no-raw', 'blpop', 'none', '5'])).stdout).toBe('(nil)\n');
  });

  test('publishes to subscribers', async () => {
    const lab = await started();
    const listener = lab.start(['redis-cli', 'subscribe', 'news']);
    await lab.loop.runUntil(lab.loop.now() + 100);
    expect((await lab.run(['redis-cli', 'publish', 'news', 'hello'])).stdout).toBe('1\n');
    expect(listener.output()).toBe('subscribe\nnews\n1\nmessage\nnews\nhello\n');
    listener.kill('SIGKILL');
    await lab.loop.runUntil(lab.loop.now() + 100);
    expect((await lab.run(['redis-cli', 'publish', 'news', 'hello'])).stdout).toBe('0\n');
  });

  test('WATCH notices what others change', async () => {
    const lab = await started();
    const { type } = await lab.terminal(['redis-cli']);
    await type('watch a\r');
    await lab.run(['redis-cli', 'set', 'a', 'other']);
    await type('multi\r');
    expect(await type('set a mine\r')).toContain('QUEUED\r\n127.0.0.1:6379(TX)> ');
    expect(await type('exec\r')).toContain('(nil)\r\n127.0.0.1:6379> ');
  });

  test('wants its password', async () => {
    const lab = await started(['--requirepass', 'secret']);
    expect((await lab.run(['redis-cli', 'get', 'a'])).stdout).toBe('NOAUTH Authentication required.\n\n');
    expect((await lab.run(['redis-cli', '-a', 'secret', 'ping'])).stdout).toBe('PONG\n');
    expect(await lab.run(['redis-cli', 'ping'], { env: { REDISCLI_AUTH: 'no' } })).toEqual({
      code: 0,
      stdout: 'NOAUTH Authentication required.\n\n',
      stderr: 'AUTH failed: WRONGPASS invalid username-password pair or user is disabled.\n',
    });
  });

  test('reads redis.conf and refuses a bad one', async () => {
    const lab = await createLab(settle, { image: 'redis' });
    lab.write('/etc/redis.conf', '# limits\nmaxmemory 2mb\nmaxmemory-policy allkeys-lru\n');
    lab.start(['redis-server', '/etc/redis.conf']);
    await lab.loop.runUntil(lab.loop.now() + 100);
    expect((await lab.run(['redis-cli', 'config', 'get', 'maxmemory'])).stdout).toBe('maxmemory\n2097152\n');
    const bad = await lab.run(['redis-server', '--nope', '1', '--port', '7000']);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain("at line 1\n>>> 'nope 1'\nBad directive or wrong number of arguments\n");
  });

  test('evicts or refuses when memory is short', async () => {
    const lab = await started(['--maxmemory', '1100kb']);
    const long = 'x'.repeat(50_000);
    const sets = Array.from({ length: 6 }, (_, i) => `SET k${i} ${long}\n`).join('');
    expect(await cli(lab, sets)).toContain("(error) OOM command not allowed when used memory > 'maxmemory'.");
    await cli(lab, 'CONFIG SET maxmemory-policy allkeys-lru\n');
    expect(await cli(lab, `SET last ${long}\nEXISTS k0 last\n`)).toBe('OK\n(integer) 1\n');
  });
});

describe('redis-cli', () => {
  test('does not ask the resolver for an address', async () => {
    const lab = await started();
    lab.net.lookup = () => Promise.reject(new NetError('ENOTFOUND', 'asked'));
    expect((await lab.run(['redis-cli', 'ping'])).stdout).toBe('PONG\n');
    expect((await lab.run(['redis-cli', '-h', 'localhost', 'ping'])).code).toBe(1);
  });

  test('complains when nobody answers', async () => {
    const lab = await createLab(settle, { image: 'redis' });
    expect(await lab.run(['redis-cli', 'ping'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Could not connect to Redis at 127.0.0.1:6379: Connection refused\n',
    });
    expect((await lab.run(['redis-cli', '-h', 'nobody', 'ping'])).stderr).toBe(
      'Could not connect to Redis at nobody:6379: Name or service not known\n',
    );
  });

  test('has a prompt on a terminal', async () => {
    const lab = await started();
    const { type, status } = await lab.terminal(['redis-cli']);
    expect(await type('')).toBe('127.0.0.1:6379> ');
    expect(await type('set a "b c"\r')).toBe('set a "b c"\r\nOK\r\n127.0.0.1:6379> ');
    expect(await type('get a\r')).toBe('get a\r\n"b c"\r\n127.0.0.1:6379> ');
    expect(await type('select 2\r')).toContain('OK\r\n127.0.0.1:6379[2]> ');
    await type('exit\r');
    expect(status()?.code).toBe(0);
  });
});
