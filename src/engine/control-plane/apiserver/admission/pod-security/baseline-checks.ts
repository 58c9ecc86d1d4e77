/** The checks of the baseline level, in upstream's order. @upstream staging/src/k8s.io/pod-security-admission/policy */
import type { Container, Probe } from '#engine/api';
import { type Check, containersOf, type Minor, named, type PodLike, plural, quoted, setters, sorted } from './check.ts';

const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';
const isAllowedProfile = (type: string) => type === 'RuntimeDefault' || type === 'Localhost';

const appArmorProfile: Check = {
  id: 'appArmorProfile',
  run(pod) {
    const own = pod.spec.securityContext?.appArmorProfile?.type;
    const podBad = own !== undefined && !isAllowedProfile(own);
    const typeOf = ({ securityContext }: Container) => securityContext?.appArmorProfile?.type;
    const bad = containersOf(pod).filter((container) => !isAllowedProfile(typeOf(container) ?? 'Localhost'));
    const annotations = Object.entries((pod.metadata?.annotations ?? {}) as { readonly [key: string]: string })
      .filter(([key, value]) => key.startsWith(APPARMOR_ANNOTATION) && !isAllowedAnnotation(value))
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    const values = sorted([...(podBad ? [own] : []), ...bad.flatMap((container) => typeOf(container) ?? [])]);
    if (values.length > 0) {
      const reason = plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length);
      return { reason, detail: `${setters(podBad, bad)} must not set AppArmor profile type to ${quoted(values)}` };
    }
    if (annotations.length === 0) return undefined;
    // The server itself writes the annotations of old for bad fields: these are said once.
    const list = sorted(annotations);
    return {
      reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', list.length),
      detail: `${plural('annotation', 'annotations', list.length)} ${list.join(', ')}`,
    };
  },
};

const isAllowedAnnotation = (value: string): boolean =>
  value === '' || value === 'runtime/default' || value.startsWith('localhost/');

const DEFAULT_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const capabilities: Check = {
  id: 'capabilities_baseline',
  run(pod) {
    const added = ({ securityContext }: Container) =>
      (securityContext?.capabilities?.add ?? []).filter((name) => !DEFAULT_CAPABILITIES.has(name));
    const bad = containersOf(pod).filter((container) => added(container).length > 0);
    if (bad.length === 0) return undefined;
    const names = quoted(sorted(bad.flatMap(added)));
    const detail = `${named(bad)} must not include ${names} in securityContext.capabilities.add`;
    return { reason: 'non-default capabilities', detail };
  },
};

const hostNamespaces: Check = {
  id: 'hostNamespaces',
  run({ spec }) {
    const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]);
    return used.length === 0
      ? undefined
      : { reason: 'host namespaces', detail: used.map((field) => `${field}=true`).join(', ') };
  },
};

const hostPathVolumes: Check = {
  id: 'hostPathVolumes',
  run({ spec }) {
    const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name);
    if (names.length === 0) return undefined;
    return { reason: 'hostPath volumes', detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)}` };
  },
};

const hostPorts: Check = {
  id: 'hostPorts',
  run(pod) {
    const portsOf = ({ ports = [] }: Container) => ports.flatMap(({ hostPort }) => hostPort || []);
    const bad = containersOf(pod).filter((container) => portsOf(container).length > 0);
    if (bad.length === 0) return undefined;
    const ports = sorted(bad.flatMap(portsOf).map(String));
    const use = plural('uses', 'use', bad.length);
    const detail = `${named(bad)} ${use} ${plural('hostPort', 'hostPorts', ports.length)} ${ports.join(', ')}`;
    return { reason: 'hostPort', detail };
  },
};

const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): readonly string[] => {
  const handlers: readonly (Probe | undefined)[] = [
    livenessProbe,
    readinessProbe,
    startupProbe,
    lifecycle?.postStart as Probe | undefined,
    lifecycle?.preStop as Probe | undefined,
  ];
  return handlers
    .flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host])
    .flatMap((host) => host || []);
};

const hostProbes: Check = {
  id: 'hostProbesAndHostLifecycle',
  since: 34,
  run(pod) {
    const bad = containersOf(pod).filter((container) => hostsOf(container).length > 0);
    if (bad.length === 0) return undefined;
    const hosts = sorted(bad.flatMap(hostsOf));
    const use = plural('uses', 'use', bad.length);
    const what = plural('probe or lifecycle host', 'probe or lifecycle hosts', hosts.length);
    return { reason: 'probe or lifecycle host', detail: `${named(bad)} ${use} ${what} ${quoted(hosts)}` };
  },
};

const privileged: Check = {
  id: 'privileged',
  run(pod) {
    const bad = containersOf(pod).filter(({ securityContext }) => securityContext?.privileged);
    if (bad.length === 0) return undefined;
    return { reason: 'privileged', detail: `${named(bad)} must not set securityContext.privileged=true` };
  },
};

/** Since v1.35 a Pod with a user namespace of its own may see more of /proc. */
const USER_NAMESPACES: Minor = 35;
export const hasOwnUsers = ({ spec }: PodLike, version: Minor): boolean =>
  version >= USER_NAMESPACES && spec.hostUsers === false;

export const unmasked = (pod: PodLike) => {
  const maskOf = ({ securityContext }: Container) => securityContext?.procMount ?? 'Default';
  const bad = containersOf(pod).filter((container) => maskOf(container) !== 'Default');
  if (bad.length === 0) return undefined;
  const values = quoted(sorted(bad.map(maskOf)));
  return { reason: 'procMount', detail: `${named(bad)} must not set securityContext.procMount to ${values}` };
};

const procMount: Check = {
  id: 'procMount',
  run: (pod, version) => (hasOwnUsers(pod, version) ? undefined : unmasked(pod)),
};

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
const SELINUX_ENGINE: Minor = 31;

const seLinuxOptions: Check = {
  id: 'seLinuxOptions',
  run(pod, version) {
    const allowed = version >= SELINUX_ENGINE ? [...SELINUX_TYPES, 'container_engine_t'] : SELINUX_TYPES;
    type Options = NonNullable<NonNullable<Container['securityContext']>['seLinuxOptions']>;
    const isBad = ({ type = '', user, role }: Options) => !allowed.includes(type) || !!user || !!role;
    const own = pod.spec.securityContext?.seLinuxOptions;
    const bad = containersOf(pod).filter(({ securityContext }) => isBad(securityContext?.seLinuxOptions ?? {}));
    const podBad = own !== undefined && isBad(own);
    if (!podBad && bad.length === 0) return undefined;
    const all = [
      ...(podBad ? [own] : []),
      ...bad.flatMap(({ securityContext }) => securityContext?.seLinuxOptions ?? []),
    ];
    const types = sorted(all.map(({ type = '' }) => type).filter((type) => !allowed.includes(type)));
    const faults = [
      ...(types.length > 0 ? [`${plural('type', 'types', types.length)} ${quoted(types)}`] : []),
      ...(all.some(({ user }) => user) ? ['user may not be set'] : []),
      ...(all.some(({ role }) => role) ? ['role may not be set'] : []),
    ];
    const detail = `${setters(podBad, bad)} set forbidden securityContext.seLinuxOptions: ${faults.join('; ')}`;
    return { reason: 'seLinuxOptions', detail };
  },
};

const SECCOMP_FIELDS: Minor = 19;
const POD_SECCOMP = 'seccomp.security.alpha.kubernetes.io/pod';
const CONTAINER_SECCOMP = 'container.seccomp.security.alpha.kubernetes.io/';
const isAllowedSeccomp = (value: string) =>
  value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');

/** Before v1.19 the profile was an annotation. */
function seccompAnnotations(pod: PodLike) {
  const names = new Set(containersOf(pod).map(({ name }) => name));
  const bad = Object.entries((pod.metadata?.annotations ?? {}) as { readonly [key: string]: string }).filter(
    ([key, value]) => {
      const concerns =
        key === POD_SECCOMP || (key.startsWith(CONTAINER_SECCOMP) && names.has(key.slice(CONTAINER_SECCOMP.length)));
      return concerns && !isAllowedSeccomp(value);
    },
  );
  if (bad.length === 0) return undefined;
  const list = sorted(bad.map(([key, value]) => `${key}=${JSON.stringify(value)}`)).join(', ');
  const detail = `forbidden ${plural('annotation', 'annotations', bad.length)} ${list}`;
  return { reason: 'seccompProfile', detail };
}

const seccompProfile: Check = {
  id: 'seccompProfile_baseline',
  run(pod, version) {
    if (version < SECCOMP_FIELDS) return seccompAnnotations(pod);
    const typeOf = ({
      securityContext,
    }: {
      readonly securityContext?: { readonly seccompProfile?: { type: string } };
    }) => securityContext?.seccompProfile?.type;
    const isBad = (type: string | undefined) => type !== undefined && !isAllowedProfile(type);
    const bad = containersOf(pod).filter((container) => isBad(typeOf(container)));
    const podBad = isBad(typeOf(pod.spec));
    if (!podBad && bad.length === 0) return undefined;
    const values = quoted(
      sorted([...(podBad ? [typeOf(pod.spec) ?? ''] : []), ...bad.map((one) => typeOf(one) ?? '')]),
    );
    const detail = `${setters(podBad, bad)} must not set securityContext.seccompProfile.type to ${values}`;
    return { reason: 'seccompProfile', detail };
  },
};

/** Safe sysctls, and the version that began to know them. */
const SYSCTLS: { readonly [name: string]: Minor } = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
};

const sysctls: Check = {
  id: 'sysctls',
  run({ spec }, version) {
    const names = (spec.securityContext?.sysctls ?? [])
      .map(({ name }) => name)
      .filter((name) => (SYSCTLS[name] ?? Number.POSITIVE_INFINITY) > version);
    return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') };
  },
};

const windowsHostProcess: Check = {
  id: 'windowsHostProcess',
  run(pod) {
    const bad = containersOf(pod).filter(({ securityContext }) => securityContext?.windowsOptions?.hostProcess);
    const podBad = pod.spec.securityContext?.windowsOptions?.hostProcess === true;
    if (!podBad && bad.length === 0) return undefined;
    const detail = `${setters(podBad, bad)} must not set securityContext.windowsOptions.hostProcess=true`;
    return { reason: 'hostProcess', detail };
  },
};

export const baselineChecks: readonly Check[] = [
  appArmorProfile,
  capabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbes,
  privileged,
  procMount,
  seLinuxOptions,
  seccompProfile,
  sysctls,
  windowsHostProcess,
];
