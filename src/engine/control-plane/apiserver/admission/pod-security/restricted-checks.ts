/** The checks the restricted level adds, in upstream's order. @upstream staging/src/k8s.io/pod-security-admission/policy */
import type { Container, Volume } from '#engine/api';
import { hasOwnUsers, unmasked } from './baseline-checks.ts';
import {
  type Check,
  containersOf,
  isWindows,
  type Minor,
  named,
  type PodLike,
  plural,
  quoted,
  setters,
  sorted,
} from './check.ts';

/** Since then Windows Pods are spared what means nothing to them. */
const WINDOWS: Minor = 25;
const spared = (pod: PodLike, version: Minor) => version >= WINDOWS && isWindows(pod);

const allowPrivilegeEscalation: Check = {
  id: 'allowPrivilegeEscalation',
  since: 8,
  run(pod, version) {
    if (spared(pod, version)) return undefined;
    const bad = containersOf(pod).filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
    if (bad.length === 0) return undefined;
    const detail = `${named(bad)} must set securityContext.allowPrivilegeEscalation=false`;
    return { reason: 'allowPrivilegeEscalation != false', detail };
  },
};

const capabilities: Check = {
  id: 'capabilities_restricted',
  since: 22,
  overrides: ['capabilities_baseline'],
  run(pod, version) {
    if (spared(pod, version)) return undefined;
    const of = ({ securityContext }: Container) => securityContext?.capabilities ?? {};
    const keeping = containersOf(pod).filter((container) => !of(container).drop?.includes('ALL'));
    const added = (container: Container) => (of(container).add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
    const adding = containersOf(pod).filter((container) => added(container).length > 0);
    if (keeping.length + adding.length === 0) return undefined;
    const names = quoted(sorted(adding.flatMap(added)));
    const details = [
      ...(keeping.length > 0 ? [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
      ...(adding.length > 0 ? [`${named(adding)} must not include ${names} in securityContext.capabilities.add`] : []),
    ];
    return { reason: 'unrestricted capabilities', detail: details.join('; ') };
  },
};

const procMount: Check = {
  id: 'procMount_restricted',
  since: 35,
  overrides: ['procMount'],
  run: unmasked,
};

const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const typeOf = (volume: Volume): string => Object.keys(volume).find((field) => field !== 'name') ?? 'unknown';

const restrictedVolumes: Check = {
  id: 'restrictedVolumes',
  overrides: ['hostPathVolumes'],
  run({ spec }) {
    const bad = (spec.volumes ?? []).filter((volume) => typeOf(volume) !== 'unknown' && !VOLUMES.has(typeOf(volume)));
    if (bad.length === 0) return undefined;
    const types = sorted(bad.map(typeOf));
    const names = quoted(bad.map(({ name }) => name));
    const detail = [
      plural('volume', 'volumes', bad.length),
      names,
      plural('uses', 'use', bad.length),
      plural('restricted volume type', 'restricted volume types', types.length),
      quoted(types),
    ].join(' ');
    return { reason: 'restricted volume types', detail };
  },
};

const runAsNonRoot: Check = {
  id: 'runAsNonRoot',
  run(pod, version) {
    if (hasOwnUsers(pod, version)) return undefined;
    const own = pod.spec.securityContext?.runAsNonRoot;
    const of = ({ securityContext }: Container) => securityContext?.runAsNonRoot;
    const explicit = containersOf(pod).filter((container) => of(container) === false);
    const silent = containersOf(pod).filter((container) => of(container) === undefined);
    const reason = 'runAsNonRoot != true';
    if (own === false || explicit.length > 0) {
      const podBad = own === false && (silent.length > 0 || explicit.length > 0 || containersOf(pod).length === 0);
      if (podBad || explicit.length > 0) {
        const detail = `${setters(own === false, explicit)} must not set securityContext.runAsNonRoot=false`;
        return { reason, detail };
      }
    }
    if (own === true || silent.length === 0) return undefined;
    return { reason, detail: `pod or ${named(silent)} must set securityContext.runAsNonRoot=true` };
  },
};

const runAsUser: Check = {
  id: 'runAsUser',
  since: 23,
  run(pod, version) {
    if (hasOwnUsers(pod, version)) return undefined;
    const bad = containersOf(pod).filter(({ securityContext }) => securityContext?.runAsUser === 0);
    const podBad = pod.spec.securityContext?.runAsUser === 0;
    if (!podBad && bad.length === 0) return undefined;
    return { reason: 'runAsUser=0', detail: `${setters(podBad, bad)} must not set runAsUser=0` };
  },
};

const isAllowedProfile = (type: string | undefined) => type === 'RuntimeDefault' || type === 'Localhost';

const seccompProfile: Check = {
  id: 'seccompProfile_restricted',
  since: 19,
  overrides: ['seccompProfile_baseline'],
  run(pod, version) {
    if (spared(pod, version)) return undefined;
    const own = pod.spec.securityContext?.seccompProfile?.type;
    const of = ({ securityContext }: Container) => securityContext?.seccompProfile?.type;
    const podBad = own !== undefined && !isAllowedProfile(own);
    const explicit = containersOf(pod).filter(
      (container) => of(container) !== undefined && !isAllowedProfile(of(container)),
    );
    const reason = 'seccompProfile';
    if (podBad || explicit.length > 0) {
      const values = quoted(
        sorted([...(podBad ? [own] : []), ...explicit.flatMap((container) => of(container) ?? [])]),
      );
      const detail = `${setters(podBad, explicit)} must not set securityContext.seccompProfile.type to ${values}`;
      return { reason, detail };
    }
    const silent = own === undefined ? containersOf(pod).filter((container) => of(container) === undefined) : [];
    if (silent.length === 0) return undefined;
    const must = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
    return { reason, detail: `pod or ${named(silent)} ${must}` };
  },
};

export const restrictedChecks: readonly Check[] = [
  allowPrivilegeEscalation,
  capabilities,
  procMount,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompProfile,
];
