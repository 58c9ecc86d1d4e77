/** config view */
import { toBase64 } from '#engine/sim';
import { configObject, type KubeConfig, type Stanza, stanzaText } from '../config/kubeconfig.ts';
import { CommandError } from '../errors.ts';
import { makePrinter, OBJECT_FORMATS } from '../print/output.ts';
import type { Session } from '../session.ts';
import type { JsonObject } from '../text/json.ts';

const SECRETS = ['token', 'password'];
const BYTES = ['client-certificate-data', 'client-key-data', 'certificate-authority-data'];

export async function configView(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length > 0) throw session.usage(`unexpected arguments: [${args.join(' ')}]`);
  if (!flags.bool('merge') && flags.string('kubeconfig') === '')
    throw new CommandError('if merge==false a precise file must be specified');
  let config = session.config.load();
  if (flags.bool('minify')) config = minify(config, flags.string('context') || config.currentContext);
  if (flags.bool('flatten')) config = flatten(session, config);
  else if (!flags.bool('raw')) config = redact(config);
  const printer = makePrinter(session, OBJECT_FORMATS);
  const object = configObject(config);
  session.out(printer ? printer(forFormat(session, object), true) : '');
}

/** A config is no API object: it has no name. */
function forFormat(session: Session, object: JsonObject): JsonObject {
  return session.flags.string('output') === 'name' ? { ...object, metadata: { name: '<unknown>' } } : object;
}

function minify(config: KubeConfig, name: string): KubeConfig {
  const context = config.contexts.get(name);
  if (name === '') throw new CommandError('current-context must exist in order to minify');
  if (!context) throw new CommandError(`cannot locate context ${name}`);
  const only = (map: ReadonlyMap<string, Stanza>, key: string) => new Map([...map].filter(([entry]) => entry === key));
  return {
    currentContext: name,
    contexts: new Map([[name, context]]),
    clusters: only(config.clusters, stanzaText(context, 'cluster')),
    users: only(config.users, stanzaText(context, 'user')),
  };
}

const mapStanzas = (map: ReadonlyMap<string, Stanza>, change: (stanza: Stanza) => Stanza) =>
  new Map([...map].map(([name, stanza]) => [name, change(stanza)] as const));

function redact(config: KubeConfig): KubeConfig {
  const hide = (stanza: Stanza): Stanza =>
    Object.fromEntries(
      Object.entries(stanza).map(([field, value]) => [
        field,
        SECRETS.includes(field) ? 'REDACTED' : BYTES.includes(field) ? 'DATA+OMITTED' : value,
      ]),
    );
  return { ...config, clusters: mapStanzas(config.clusters, hide), users: mapStanzas(config.users, hide) };
}

function flatten(session: Session, config: KubeConfig): KubeConfig {
  const embed = (stanza: Stanza): Stanza => {
    const out: { [field: string]: Stanza[string] } = {};
    for (const [field, value] of Object.entries(stanza)) {
      if (['certificate-authority', 'client-certificate', 'client-key'].includes(field) && typeof value === 'string') {
        if (!session.process.fs.exists(session.resolve(value)))
          throw new CommandError(`open ${value}: no such file or directory`);
        out[`${field}-data`] = toBase64(session.process.fs.readFile(session.resolve(value)));
      } else out[field] = value;
    }
    return out;
  };
  const flat = { ...config, clusters: mapStanzas(config.clusters, embed), users: mapStanzas(config.users, embed) };
  return flat;
}
