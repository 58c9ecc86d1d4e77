/** pod-template-hash and revision hashes of a real controller manager. */
import type { PodTemplateSpec } from '#engine/api';
import { computeRevisionHash, computeTemplateHash, dumpPodTemplate } from '#engine/control-plane/controller-manager';
import { type FileResult, type Oracle, type Suite, type SuiteOptions, Tally } from '../suite.ts';

interface Recorded {
  readonly id: string;
  readonly defaultedTemplate: PodTemplateSpec;
  readonly podTemplateHash: string;
  readonly hashDump: string;
  readonly podTemplateHashByCollisionCount: { readonly [count: string]: string };
  readonly statefulSet: { readonly hash: string; readonly data: unknown };
  readonly daemonSet: {
    readonly hash: string;
    readonly data: { readonly spec: { readonly template: PodTemplateSpec } };
  };
}

const FILE = 'behaviour/hashes.json';

function differences(record: Recorded): string | undefined {
  const { defaultedTemplate: template, statefulSet, daemonSet } = record;
  const pairs: [what: string, got: string, wanted: string][] = [
    ['dump', dumpPodTemplate(template), record.hashDump],
    ['pod-template-hash', computeTemplateHash(template), record.podTemplateHash],
    ['DaemonSet revision', computeTemplateHash(daemonSet.data.spec.template), daemonSet.hash],
    ['StatefulSet revision', computeRevisionHash(statefulSet.data, 0), statefulSet.hash],
  ];
  for (const [count, wanted] of Object.entries(record.podTemplateHashByCollisionCount)) {
    pairs.push([`collision ${count}`, computeTemplateHash(template, Number(count)), wanted]);
  }
  const wrong = pairs.find(([, got, wanted]) => got !== wanted);
  return wrong && `${wrong[0]}: ${wrong[1]} instead of ${wrong[2]}`;
}

export const suite: Suite = {
  name: 'hashes',
  needs: FILE,
  run(oracle: Oracle, options: SuiteOptions): Promise<readonly FileResult[]> {
    const tally = new Tally('hashes', FILE, options);
    const { templates } = oracle.json<{ readonly templates: readonly Recorded[] }>(FILE);
    templates.forEach((record, index) => {
      if (tally.wants(record.id, index)) tally.record(record.id, differences(record));
    });
    return Promise.resolve([tally.result()]);
  },
};
