/** Snapshots and the append-only file. Both hold commands that make the data again; only the outer shape is Redis' own. */
import { absolute, OsError } from '#engine/os';
import { CommandReader, encodeCommand, fromBytes, ProtocolError, RedisError, toBytes } from './resp.ts';
import type { RedisServer } from './server.ts';

const MAGIC = 'REDIS0012';

const directory = (server: RedisServer): string => absolute(server.config.get('dir'), server.process.cwd);
const dumpPath = (server: RedisServer): string => `${directory(server)}/${server.config.get('dbfilename')}`;
const appendDirectory = (server: RedisServer): string => `${directory(server)}/${server.config.get('appenddirname')}`;
const appendPath = (server: RedisServer): string =>
  `${appendDirectory(server)}/${server.config.get('appendfilename')}.1.incr.aof`;

/** Writes the snapshot. Throws RedisError when the disk refuses. */
export function save(server: RedisServer): void {
  const { fs } = server.process;
  const path = dumpPath(server);
  try {
    fs.writeFile(`${path}.tmp`, toBytes(MAGIC + server.dump()), { mode: 0o600 });
    fs.rename(`${path}.tmp`, path);
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    throw new RedisError('ERR');
  }
  server.dirty = 0;
  server.lastSaveAt = server.process.clock.now();
  server.measure();
}

/** Loads what is on disk. Gives the number of keys, or undefined when there is nothing; throws RedisError when it is damaged. */
export function load(server: RedisServer): number | undefined {
  const { fs } = server.process;
  const append = server.config.get('appendonly') === 'yes';
  const path = append ? appendPath(server) : dumpPath(server);
  if (!fs.exists(path)) {
    if (append) begin(server);
    return undefined;
  }
  const text = fromBytes(fs.readFile(path));
  if (!append && !text.startsWith(MAGIC)) throw new RedisError('Wrong signature trying to load DB from file');
  replay(server, append ? text : text.slice(MAGIC.length));
  server.dirty = 0;
  server.measure();
  return server.databases.reduce((sum, db) => sum + db.size, 0);
}

function begin(server: RedisServer): void {
  const { fs } = server.process;
  const name = server.config.get('appendfilename');
  fs.mkdir(appendDirectory(server), { recursive: true });
  fs.writeFile(appendPath(server), new Uint8Array());
  fs.writeFile(`${appendDirectory(server)}/${name}.manifest`, toBytes(`file ${name}.1.incr.aof seq 1 type i\n`));
}

function replay(server: RedisServer, text: string): void {
  const reader = new CommandReader();
  reader.push(toBytes(text));
  let database = 0;
  try {
    for (let words = reader.next(); words; words = reader.next()) {
      if (words[0] === 'SELECT') database = Number(words[1]);
      else if (words.length > 0) server.call(database, words);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new RedisError(`Bad file format reading the append only file: ${error.message}`);
  }
}

/** Keeps the disk up with the changes: the append-only file at once, snapshots by the save points. */
export function persistChanges(server: RedisServer, log: (text: string) => void): void {
  let selected: number | undefined;
  server.onChange = (database, commands) => {
    if (server.config.get('appendonly') === 'yes') {
      const select = selected === database ? '' : encodeCommand(['SELECT', String(database)]);
      selected = database;
      try {
        server.process.fs.writeFile(appendPath(server), toBytes(select + commands.map(encodeCommand).join('')), {
          append: true,
        });
      } catch (error) {
        if (!(error instanceof OsError)) throw error;
        log(`# Error writing to the AOF file: ${error.message}`);
      }
    }
    schedule(server, log);
  };
}

const savePoints = (server: RedisServer): readonly (readonly [seconds: number, changes: number])[] => {
  const words = server.config.get('save').split(/\s+/).filter(Boolean).map(Number);
  return words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] ?? 1] as const] : []));
};

export const savesAtExit = (server: RedisServer): boolean => savePoints(server).length > 0;

/** One timer, for the first save point that is already earned. */
function schedule(server: RedisServer, log: (text: string) => void): void {
  const now = server.process.clock.now();
  const earned = savePoints(server).filter(([, changes]) => server.dirty >= changes);
  if (earned.length === 0) return;
  const due = Math.max(now, server.lastSaveAt + Math.min(...earned.map(([seconds]) => seconds * 1000)));
  if (server.saveTimer && server.saveTimer.due <= due) return;
  server.saveTimer?.cancel();
  server.saveTimer = server.process.clock.after(due - now, 'redis: save point', () => {
    server.saveTimer = undefined;
    log(
      `* ${server.dirty} changes in ${Math.round((server.process.clock.now() - server.lastSaveAt) / 1000)} seconds. Saving...`,
    );
    try {
      save(server);
      log('* Background saving terminated with success');
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      log('# Background saving error');
    }
  });
}
