/**
 * rollout history
 * @upstream staging/src/k8s.io/kubectl/pkg/polymorphichelpers/history.go
 */
import { podTemplate } from '../describe/pod.ts';
import { DescriptionWriter } from '../describe/writer.ts';
import { CommandError, throwAll } from '../errors.ts';
import { makePrinter } from '../print/output.ts';
import { select } from '../resource/builder.ts';
import { infoLabel } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { TABLE, TabWriter } from '../text/tabwriter.ts';
import { type Revision, revisionsOf } from './rollout-revisions.ts';

export async function history(session: Session): Promise<void> {
  const { flags, args } = session;
  const wanted = flags.int('revision');
  if (wanted < 0) throw new CommandError(`revision must be a positive integer: ${wanted}`);
  if (args.length === 0 && flags.list('filename').length === 0)
    throw new CommandError('required resource not specified');
  const printer = makePrinter(session);
  const selection = await select(session, {
    args,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    labelSelector: flags.string('selector'),
    selectAllWithoutName: true,
  });
  throwAll(selection.errors);
  for (const info of selection.infos) {
    const revisions = await revisionsOf(session, info);
    const found = wanted > 0 ? revisions.find((one) => one.number === wanted) : undefined;
    if (wanted > 0 && !found) throw new CommandError('unable to find the specified revision');
    if (printer) {
      for (const one of found ? [found] : revisions) session.out(printer(one.object));
      continue;
    }
    session.out(`${infoLabel(info)} ${found ? `with revision #${wanted}` : ''}\n`);
    session.out(found ? detail(session, found) : overview(revisions));
    session.out('\n');
  }
}

function overview(revisions: readonly Revision[]): string {
  let out = '';
  const writer = new TabWriter({ ...TABLE, minWidth: 0, padding: 2 }, (text) => {
    out += text;
  });
  writer.print('REVISION\tCHANGE-CAUSE\n');
  for (const one of revisions) writer.print(`${one.number}\t${one.cause || '<none>'}\n`);
  writer.flush();
  return out;
}

function detail(session: Session, revision: Revision): string {
  const w = new DescriptionWriter(session.process.clock.now());
  const template = revision.template;
  const annotations = {
    ...template.metadata?.annotations,
    ...(revision.cause && { 'kubernetes.io/change-cause': revision.cause }),
  };
  podTemplate(w, { ...template, metadata: { ...template.metadata, annotations } });
  return w.unaligned();
}
