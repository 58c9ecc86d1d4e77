/** Where a URL in the terminal leads: into the cluster, or out to the internet. */

/** Sites that Kubernetes' own messages and our documentation point to. Everything else is taken for an address of the cluster. */
const DOCUMENTED = [
  'kubernetes.io',
  'k8s.io',
  'github.com',
  'helm.sh',
  'docker.com',
  'nginx.org',
  'nginx.com',
  'redis.io',
  'gnu.org',
  'httpd.apache.org',
  'prometheus.io',
  'grafana.com',
  'coredns.io',
  'etcd.io',
];

export const leadsOutside = (url: string): boolean => {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return DOCUMENTED.some((site) => host === site || host.endsWith(`.${site}`));
};
